package output

import "strings"

// coloured is message as it stands in raw, with the colour sequences that
// decoding has taken out of it; message itself where it cannot be found there.
func coloured(message string, bytes []byte) string {
	raw := string(bytes)
	if message == "" || !strings.Contains(raw, "\x1b[") {
		return message
	}
	plainText := make([]byte, 0, len(raw))
	at := make([]int, 0, len(raw)+1) // where each byte of plainText stands in raw
	for i := 0; i < len(raw); {
		if n := 0; raw[i] == 0x1b {
			if n = sgrLen(raw[i:]); n > 0 {
				i += n
				continue
			}
		}
		plainText = append(plainText, raw[i])
		at = append(at, i)
		i++
	}
	from := strings.Index(string(plainText), message)
	if from < 0 {
		return message
	}
	begin, end := at[from], at[from+len(message)-1]+1
	return activeColour(raw[:begin]) + raw[begin:end] + resetColour
}

const resetColour = "\x1b[m"

// activeColour is the colour sequence that is in force behind s.
func activeColour(s string) string {
	i := strings.LastIndex(s, "\x1b[")
	if i < 0 {
		return ""
	}
	n := sgrLen(s[i:])
	if n == 0 || n == len("\x1b[m") || s[i:i+n] == "\x1b[0m" {
		return ""
	}
	return s[i : i+n]
}
