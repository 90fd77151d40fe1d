package output

import (
	"bufio"
	"io"
	"unicode/utf8"

	"ravel/model"
)

// Table prints the rows of a query's table: JSON objects, CSV, logfmt, or
// columns for a person. It belongs to one goroutine. Rows stream, but for the
// first of a table in columns, which wait so that the columns fit.
type Table struct {
	w       *bufio.Writer
	format  Format
	columns []string
	style   Style
	buf     []byte
	rows    [][]model.Value // that wait for the columns' widths
	widths  []int           // nil: not known yet
	numeric []bool          // columns to align right
	any     bool
}

// sampleRows is how many rows the widths of columns are taken from.
const sampleRows = 1000

// maxColumn is the widest a column is made for a few long values.
const maxColumn = 60

// NewTable prints to w. Raw and Requests are no forms of a table.
func NewTable(w io.Writer, f Format, style Style) *Table {
	return &Table{w: bufio.NewWriterSize(w, 64<<10), format: f, style: style}
}

// Columns names the columns; it is called once, before any row.
func (t *Table) Columns(names []string) {
	t.columns = names
	if t.format == CSV {
		t.buf = appendCSVHeader(t.buf[:0], names)
		_, _ = t.w.Write(t.buf) // the writer keeps its error for Flush
	}
}

// Row prints one row, a value for each column.
func (t *Table) Row(row []model.Value) error {
	if !streams(t.format) {
		return t.textRow(row)
	}
	t.buf = appendRow(t.buf[:0], t.format, t.columns, row)
	_, err := t.w.Write(t.buf)
	return err
}

// streams reports whether the rows of a table are printed one by one.
func streams(f Format) bool { return f == JSON || f == CSV || f == Logfmt }

// appendRow appends a row of a table that streams.
func appendRow(dst []byte, f Format, columns []string, row []model.Value) []byte {
	switch f {
	case JSON:
		dst = append(dst, '{')
		for i := range row {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, columns[i])
			dst = appendValue(append(dst, ':'), &row[i])
		}
		dst = append(dst, '}')
	case CSV:
		for i := range row {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendCell(dst, plainText(&row[i]))
		}
	default:
		from := len(dst)
		for i := range row {
			if row[i].Kind != model.Null {
				dst = appendFlat(dst, columns[i], &row[i])
			}
		}
		if from < len(dst) { // a space stands in front
			dst = append(dst[:from], dst[from+1:]...)
		}
	}
	return append(dst, '\n')
}

// Flush writes what waits: where a person is waiting, and at the end.
func (t *Table) Flush() error {
	if t.widths == nil && len(t.rows) > 0 {
		t.layOut()
	}
	return t.w.Flush()
}

// plainText is a value as CSV and columns show it; "" for null.
func plainText(v *model.Value) string {
	switch v.Kind {
	case model.Null:
		return ""
	case model.Array, model.Object:
		return string(appendValue(nil, v))
	}
	return v.Str
}

// textRow keeps or prints a row of columns.
func (t *Table) textRow(row []model.Value) error {
	if t.widths != nil {
		t.line(row)
		_, err := t.w.Write(t.buf)
		return err
	}
	t.rows = append(t.rows, append([]model.Value(nil), row...))
	if len(t.rows) >= sampleRows {
		t.layOut()
	}
	return nil
}

// layOut finds the widths of the columns and prints the rows that waited.
func (t *Table) layOut() {
	t.widths = make([]int, len(t.columns))
	t.numeric = make([]bool, len(t.columns))
	for i, name := range t.columns {
		t.widths[i] = utf8.RuneCountInString(name)
		numbers, others := 0, 0
		for _, row := range t.rows {
			t.widths[i] = max(t.widths[i], min(maxColumn, utf8.RuneCount(t.cell(&row[i]))))
			switch row[i].Kind {
			case model.Null:
			case model.Number:
				numbers++
			default:
				others++
			}
		}
		t.numeric[i] = numbers > 0 && others == 0
	}
	header := make([]model.Value, len(t.columns))
	for i, name := range t.columns {
		header[i] = model.StringValue(name)
	}
	if !t.any {
		t.any = true
		t.buf = append(t.buf[:0], t.style.Key...)
		_, _ = t.w.Write(t.buf)
		t.line(header)
		if t.style.Key != "" {
			t.buf = append(append(t.buf[:len(t.buf)-1], t.style.Reset...), '\n')
		}
		_, _ = t.w.Write(t.buf)
	}
	for _, row := range t.rows {
		t.line(row)
		_, _ = t.w.Write(t.buf)
	}
	t.rows = nil
}

// cell is a value in one line, harmless to print.
func (t *Table) cell(v *model.Value) []byte {
	s := appendVisible(nil, plainText(v), false)
	for i, c := range s {
		if c == '\n' || c == '\t' {
			s[i] = ' '
		}
	}
	return s
}

// line renders a row into t.buf.
func (t *Table) line(row []model.Value) {
	t.buf = t.buf[:0]
	for i := range row {
		if i > 0 {
			t.buf = append(t.buf, ' ', ' ')
		}
		cell := t.cell(&row[i])
		room := t.widths[i] - utf8.RuneCount(cell)
		if t.numeric[i] {
			t.buf = pad(t.buf, room)
		}
		t.buf = append(t.buf, cell...)
		if !t.numeric[i] {
			t.buf = pad(t.buf, room)
		}
	}
	for len(t.buf) > 0 && t.buf[len(t.buf)-1] == ' ' {
		t.buf = t.buf[:len(t.buf)-1]
	}
	t.buf = append(t.buf, '\n')
}
