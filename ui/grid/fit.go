package grid

import (
	"cmp"
	"slices"
)

// fitting shares the width of a screen out among columns.
type fitting struct {
	p    *Pane
	w    []int // of the columns, hidden for one that is left out
	over int   // cells that are missing
	main int   // the column that rows are read for, -1 if unknown
}

// fit shares the width out. Where the columns do not fit, those that hold the
// same in every row are left out, then columns of text give way, spare ones are
// left out, and the main one gives way last; what still does not fit is cut at
// the edge.
func (p *Pane) fit(width int) []int {
	f := fitting{p: p, w: slices.Clone(p.widths), main: slices.Index(p.table.Columns, cmp.Or(p.table.Main, p.Main))}
	f.over = 1 - 2 - width // a column for the cursor, and no gap behind the last
	for _, w := range f.w {
		f.over += w + 2
	}
	for i := range f.w {
		if f.over > 0 && p.same[i] && i != f.main {
			f.hide(i)
		}
	}
	f.cut(40)
	if f.main >= 0 {
		f.shrink(f.main, max(width*2/5, 20))
	}
	f.cut(20)
	for _, name := range p.Spare {
		if i := slices.Index(p.table.Columns, name); f.over > 0 && i >= 0 && f.w[i] != hidden {
			f.hide(i)
		}
	}
	f.cut(12)
	if f.main >= 0 {
		f.shrink(f.main, 12)
		f.w[f.main] = min(f.w[f.main]+max(-f.over, 0), p.widths[f.main]) // what was left out made room
	}
	return f.w
}

// hide leaves a column out.
func (f *fitting) hide(i int) {
	f.over -= f.w[i] + 2
	f.w[i] = hidden
}

// shrink makes a column narrower as far as is needed, but not below least.
func (f *fitting) shrink(i, least int) {
	if by := min(f.over, f.w[i]-least); by > 0 {
		f.w[i] -= by
		f.over -= by
	}
}

// cut narrows the columns of text but the main one, the widest first, as far
// as is needed and not below least.
func (f *fitting) cut(least int) {
	for f.over > 0 {
		widest := -1
		for i, w := range f.w {
			if w > least && i != f.main && !f.p.isNum(i) && (widest < 0 || w > f.w[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		f.shrink(widest, f.w[widest]-1)
	}
}

// isNum reports whether a column holds figures.
func (p *Pane) isNum(col int) bool { return col < len(p.table.Num) && p.table.Num[col] }
