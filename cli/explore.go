package cli

import "context"

// explore opens the screen over the sources.
func (a *app) explore(ctx context.Context, s *settings, open opener) error {
	if !keysAvailable(a.stdio.In) {
		return usagef("no terminal for keys: use -o, or ssh -t")
	}
	return a.explorer(ctx, s, open)
}
