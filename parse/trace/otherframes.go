package trace

import (
	"strings"

	"ravel/model"
)

// otherFrame reads the frames of languages that do not say `at`: OCaml, C by its
// library, PowerShell, Lua, Elixir, Haskell.
func otherFrame(s string) (model.Frame, bool) {
	if isOCamlFrame([]byte(s)) {
		fn, where, _ := strings.Cut(s, ` in file "`)
		file, rest, _ := strings.Cut(where, `", line`)
		_, fn, _ = strings.Cut(fn, " ") // Called from, Raised at
		_, fn, _ = strings.Cut(fn, " ")
		return model.Frame{File: file, Line: number(strings.TrimLeft(rest, "s ")), Function: fn}, true
	}
	if isSymbolFrame([]byte(s)) {
		image, fn, _ := strings.Cut(s, "(")
		fn, _, _ = strings.Cut(fn, "+0x")
		return model.Frame{File: image, Function: fn}, true
	}
	if where, _, ok := strings.Cut(strings.TrimPrefix(s, "At "), " char:"); ok && strings.HasPrefix(s, "At ") {
		file, line := place(where)
		return model.Frame{File: file, Line: line}, true
	}
	if isLuaFrame([]byte(s)) {
		where, fn, _ := strings.Cut(s, ": in ")
		file, line := place(where)
		return model.Frame{File: file, Line: line, Function: fn}, true
	}
	if !strings.HasPrefix(s, "at ") && isElixirFrame([]byte(s)) {
		return elixirFrame(s), true
	}
	if fn, where, ok := strings.Cut(s, ", called at "); ok { // Haskell
		where, _, _ = strings.Cut(where, " in ")
		file, line := place(where)
		return model.Frame{File: file, Line: line, Function: fn}, true
	}
	return model.Frame{}, false
}

// elixirFrame reads `(app 1.2.3) lib/x.ex:3: Mod.f/1`.
func elixirFrame(s string) model.Frame {
	if s[0] == '(' {
		_, s, _ = strings.Cut(s, ") ")
	}
	where, fn, ok := strings.Cut(s, ": ")
	if !ok {
		return model.Frame{Function: s}
	}
	file, line := place(where)
	return model.Frame{File: file, Line: line, Function: fn}
}

// juliaFrame reads `@ Main ~/x.jl:3` and, of the line above, ` [1] f(a::Int64)`.
func juliaFrame(line, above string) model.Frame {
	words := strings.Fields(strings.TrimSuffix(line, " [inlined]"))
	f := model.Frame{}
	f.File, f.Line = place(words[len(words)-1])
	if _, fn, ok := strings.Cut(above, "] "); ok {
		f.Function = strings.TrimSpace(fn)
	}
	return f
}
