package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ravel/model"
	"ravel/output"
	"ravel/parse"
)

// formatsTestCommand says what formats make of files.
func (a *app) formatsTestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Say which format each record of a log has, how surely, and what was taken from it",
		Long: `Each record of a log is printed as its line, its format, how surely that fits,
what stands around it, and what was taken from it; the formats are counted last.

Of a format's file (.toml), and without a file of all formats, the samples are
checked: exit 1 if one is not read as the file says.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.withFormats(cmd, func(w *bufio.Writer, set *parse.Set) error { return checkSamples(w, set, "") })
			}
			for _, file := range args {
				if err := a.testFile(cmd, file); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&a.flags.sourceZone, "source-timezone", "", "`ZONE` of stamps that name none")
	return cmd
}

// testFile checks one format's file, or explains one log.
func (a *app) testFile(cmd *cobra.Command, file string) error {
	if filepath.Ext(file) != ".toml" {
		return a.explainLog(cmd, file)
	}
	set, err := parse.Load(filepath.Dir(file))
	if err != nil {
		return usageError{err}
	}
	w := bufio.NewWriter(cmd.OutOrStdout())
	err = checkSamples(w, set, filepath.Clean(file))
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	return err
}

// checkSamples checks the samples of the formats of one file, of all formats
// if file is "".
func checkSamples(w *bufio.Writer, set *parse.Set, file string) error {
	formats, samples, wrong := 0, 0, 0
	for _, name := range set.Names() {
		f, _ := set.Format(name)
		if file != "" && (f.File == "" || filepath.Clean(f.File) != file) {
			continue
		}
		formats++
		samples += len(f.Samples)
		for _, err := range set.Check(name) {
			wrong++
			fmt.Fprintln(w, err)
		}
	}
	fmt.Fprintf(w, "%d formats, %d samples, %d of them wrong\n", formats, samples, wrong)
	switch {
	case formats == 0:
		return usagef("%s: holds no format", file)
	case wrong > 0:
		return exitError(exitSource)
	}
	return nil
}

// explainLog prints how each record of a file was recognised.
func (a *app) explainLog(cmd *cobra.Command, file string) error {
	s, err := a.settings(cmd)
	if err != nil {
		return err
	}
	in, err := a.inputs([]string{file}, s, false)
	if err != nil {
		return err
	}
	r := a.newReading(s, model.NewNames())
	r.refused(in)
	w := bufio.NewWriter(cmd.OutOrStdout())
	counts := map[string]int{}
	var line []byte
	err = r.in.Run(cmd.Context(), in.sources, func(b *model.Batch) error {
		for i := range b.Len() {
			e := r.dec.Explain(b, i)
			name := strings.Join(append(e.Carriers, e.Format), " > ")
			counts[name]++
			line = fmt.Appendf(line[:0], "%d\t%s\t%s\t", e.Record.Line, name, e.Fit)
			taken := len(line)
			line = output.AppendTaken(line, &e.Record)
			if taken < len(line) {
				line = slices.Delete(line, taken, taken+1) // the space before the first pair
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	names := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	fmt.Fprintln(w)
	for _, name := range names {
		fmt.Fprintf(w, "%8d records  %s\n", counts[name], name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.failed {
		return exitError(exitSource)
	}
	return nil
}
