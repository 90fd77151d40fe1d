package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxBuffer is the default --buffer on a machine with enough memory.
const maxBuffer = 1 << 30

// defaultBuffer is the smaller of maxBuffer and a quarter of the memory that
// this process may use.
func defaultBuffer() int64 {
	if m := memory("/"); m > 0 {
		return min(maxBuffer, m/4)
	}
	return maxBuffer
}

// memory is how many bytes of memory the process may use: the machine's, or
// less where a control group says so; 0 if that cannot be found out. root is
// where the kernel's files stand.
func memory(root string) int64 {
	total := meminfo(filepath.Join(root, "proc/meminfo"))
	for _, file := range []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if n := readNumber(filepath.Join(root, file)); n > 0 && (total == 0 || n < total) {
			total = n
		}
	}
	return min(total, cgroupLimit(root, total))
}

// cgroupLimit is the least limit of the process's own control group and those
// above it (version 2), or total.
func cgroupLimit(root string, total int64) int64 {
	text, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return total
	}
	for line := range strings.Lines(string(text)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		for ; ok && path != "/" && path != "" && path != "."; path = filepath.Dir(path) {
			if n := readNumber(filepath.Join(root, "sys/fs/cgroup", path, "memory.max")); n > 0 && (total == 0 || n < total) {
				total = n
			}
		}
	}
	return total
}

// meminfo is the total of /proc/meminfo in bytes, 0 if unknown.
func meminfo(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil {
				return kb << 10
			}
		}
	}
	return 0
}

// readNumber is the number in a file, 0 if there is none ("max").
func readNumber(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// sizeUnits are the units of --buffer: k and so on are 1000, Ki 1024.
var sizeUnits = map[string]float64{
	"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40,
}

// minBuffer holds a few chunks: less could not be browsed.
const minBuffer = 16 << 20

// parseSize reads a number of bytes such as 512MB or 1GiB.
func parseSize(text string) (int64, error) {
	low := strings.ToLower(strings.TrimSpace(text))
	n := 0
	for n < len(low) && (low[n] == '.' || '0' <= low[n] && low[n] <= '9') {
		n++
	}
	x, err := strconv.ParseFloat(low[:n], 64)
	unit, ok := sizeUnits[strings.TrimSuffix(strings.TrimSpace(low[n:]), "b")]
	if err != nil || !ok || x*unit > 1<<60 {
		return 0, usagef("--buffer %q is no size: use a number of bytes such as 512MB or 1GiB", text)
	}
	if size := int64(x * unit); size >= minBuffer {
		return size, nil
	}
	return 0, usagef("--buffer %s is too small: use at least 16MiB", text)
}
