# Compares the corpus' scores with their floors: awk -f corpus.awk FLOORS SCORES LOSSLESS.
# Fails if a set scores less than its floor, is not scored at all, or if more
# files than before lose or repeat a byte.
FNR == 1 { file++ }
file == 1 { if (NF == 2 && $1 !~ /^#/) floor[$1] = $2; next }
file == 2 && /^MEAN OF SETS/ { score["mean"] = $5; next }
file == 2 && FNR > 1 && NF > 2 { score[$1] = $3; next }
file == 3 && / passed, .* failed/ { score["lossy"] = $3 }
END {
	for (set in floor) {
		if (!(set in score)) { print "corpus: " set " was not scored"; bad = 1 }
		else if (set == "lossy" ? score[set] > floor[set] : score[set] < floor[set]) {
			print "corpus: " set " is " score[set] ", must be " floor[set]; bad = 1
		}
	}
	for (set in score) if (!(set in floor)) print "corpus: " set " has no floor yet, it is " score[set]
	print "corpus: mean " score["mean"] ", at least " floor["mean"]
	exit bad
}
