package theme

import "ravel/model"

// palette is a theme as data: roles that it does not name look like Text.
type palette struct {
	name    string
	roles   map[Style]look
	levels  [model.NumLevels]look
	sources [numSources]look
}

func (p *palette) look(s Style) look {
	switch {
	case s >= SourceBase:
		return p.sources[s-SourceBase]
	case s >= LevelBase:
		return p.levels[s-LevelBase]
	}
	return p.roles[s]
}

// palettes: dark and light for terminals of 256 colours and more, 16 for the
// basic ones, mono for none. Meaning never rests on colour alone: letters and
// glyphs say the same, so mono loses nothing but comfort.
var palettes = []palette{
	{
		name: "dark",
		roles: map[Style]look{
			Dim: {fg: "243"}, Time: {fg: "246"}, Accent: {fg: "117", bold: true}, Title: {fg: "255", bold: true},
			Bar: {fg: "250"}, Method: {fg: "252"}, Path: {fg: "153"},
			OK: {fg: "114"}, Redirect: {fg: "116"}, Client: {fg: "221"}, Failure: {fg: "210", bold: true},
			Flight: {fg: "117"}, Stalled: {fg: "215", bold: true},
			Key: {fg: "110"}, Word: {fg: "151"}, Number: {fg: "180"}, Literal: {fg: "176"},
			Exception: {fg: "210"}, Frame: {fg: "252"}, Match: {fg: "232", bg: "221"},
			Cursor: {bg: "237"}, Mark: {fg: "213", bold: true},
		},
		levels: [model.NumLevels]look{
			{fg: "243"}, {fg: "241"}, {fg: "245"}, {fg: "114"}, {fg: "117"}, {fg: "221"}, {fg: "210", bold: true}, {fg: "231", bg: "160", bold: true},
		},
		sources: [numSources]look{{fg: "109"}, {fg: "139"}, {fg: "144"}, {fg: "108"}, {fg: "146"}, {fg: "173"}},
	},
	{
		name: "light",
		roles: map[Style]look{
			Dim: {fg: "246"}, Time: {fg: "243"}, Accent: {fg: "25", bold: true}, Title: {fg: "232", bold: true},
			Bar: {fg: "238"}, Method: {fg: "236"}, Path: {fg: "24"},
			OK: {fg: "28"}, Redirect: {fg: "30"}, Client: {fg: "130"}, Failure: {fg: "124", bold: true},
			Flight: {fg: "25"}, Stalled: {fg: "130", bold: true},
			Key: {fg: "24"}, Word: {fg: "22"}, Number: {fg: "94"}, Literal: {fg: "90"},
			Exception: {fg: "124"}, Frame: {fg: "236"}, Match: {fg: "232", bg: "222"},
			Cursor: {bg: "254"}, Mark: {fg: "127", bold: true},
		},
		levels: [model.NumLevels]look{
			{fg: "246"}, {fg: "248"}, {fg: "244"}, {fg: "28"}, {fg: "25"}, {fg: "130"}, {fg: "124", bold: true}, {fg: "231", bg: "124", bold: true},
		},
		sources: [numSources]look{{fg: "24"}, {fg: "90"}, {fg: "58"}, {fg: "29"}, {fg: "61"}, {fg: "94"}},
	},
	{
		name: "16",
		roles: map[Style]look{
			Dim: {fg: "8"}, Accent: {fg: "6", bold: true}, Title: {bold: true},
			Path: {fg: "6"}, OK: {fg: "2"}, Redirect: {fg: "6"}, Client: {fg: "3"}, Failure: {fg: "1", bold: true},
			Flight: {fg: "4"}, Stalled: {fg: "3", bold: true},
			Key: {fg: "6"}, Word: {fg: "2"}, Number: {fg: "3"}, Literal: {fg: "5"},
			Exception: {fg: "1"}, Match: {reverse: true}, Cursor: {bold: true, uline: true}, Mark: {fg: "5", bold: true},
		},
		levels: [model.NumLevels]look{
			{}, {fg: "8"}, {fg: "8"}, {fg: "2"}, {fg: "6"}, {fg: "3"}, {fg: "1", bold: true}, {fg: "1", bold: true, reverse: true},
		},
		sources: [numSources]look{{fg: "4"}, {fg: "5"}, {fg: "6"}, {fg: "2"}, {fg: "3"}, {}},
	},
	{
		name: "mono",
		roles: map[Style]look{
			Dim: {dim: true}, Accent: {bold: true}, Title: {bold: true}, Failure: {bold: true}, Stalled: {bold: true},
			Key: {bold: true}, Exception: {bold: true}, Match: {reverse: true}, Cursor: {bold: true, uline: true}, Mark: {bold: true},
		},
		levels: [model.NumLevels]look{
			{}, {dim: true}, {dim: true}, {}, {}, {uline: true}, {bold: true}, {bold: true, reverse: true},
		},
	},
}
