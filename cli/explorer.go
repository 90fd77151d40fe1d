package cli

import "context"

// explorer runs the screen.
var explorer = func(ctx context.Context, a *app, s *settings, open opener) error {
	return a.print(ctx, s, open)
}
