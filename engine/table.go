package engine

import (
	"context"
	"errors"

	"ravel/ui"
)

// Table runs a piped query under the current filter.
func (e *Engine) Table(ctx context.Context, pipe string) (ui.Table, error) {
	return ui.Table{}, errors.New("tables come with the pipeline")
}
