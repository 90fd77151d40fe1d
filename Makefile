# Everything that is done to the project, one target each: `make help` lists them.

GO          ?= go
BIN         ?= bin
FUZZTIME    ?= 10s
BENCHTIME   ?= 300ms
# Wildcards pass testdata over; the generator is tested all the same.
PACKAGES     = ./... ./testdata/bench ./testdata/gen ./testdata/gen/logs
BENCH       ?= .
BENCHFLAGS  ?=
CORPUS      ?= ../shared/corpus
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS      = -s -w -X ravel/cli.version=$(VERSION)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build one static binary, bin/ravel
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/ravel .

.PHONY: man
man: build ## write the manual page, bin/ravel.1
	$(BIN)/ravel man >$(BIN)/ravel.1

.PHONY: run
run: build ## explore the logs that the project carries
	$(BIN)/ravel testdata/logs

.PHONY: test
test: ## run the tests
	$(GO) test $(PACKAGES)

.PHONY: race
race: ## run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 20m $(PACKAGES)

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (10s)
	@set -e; for pkg in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; done

.PHONY: bench
bench: ## print the table of promises about speed, then the benchmarks that match BENCH (benchstat compares them)
	$(GO) run ./testdata/bench $(BENCHFLAGS)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) ./...

.PHONY: lint
lint: ## check formatting, vet and staticcheck
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted: $$out"; exit 1; fi
	$(GO) vet $(PACKAGES)
	$(GO) vet -tags e2e . ./sources/kube/e2e
	$(GO) run $(STATICCHECK) $(PACKAGES)

.PHONY: cross
cross: ## build for every platform that is served
	@set -e; for p in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do \
		echo "$$p"; CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -o /dev/null .; done

.PHONY: golden
golden: ## write the golden files anew; read the difference before you commit it
	$(GO) test ./ui -update
	RAVEL_UPDATE=1 $(GO) test -run "TestScripts|TestReadmeIsUpToDate|TestPatternsAreIndexed" . ./cli ./parse

.PHONY: e2e
e2e: build ## type keys into the real program in tmux
	RAVEL_BIN=$(CURDIR)/$(BIN)/ravel $(GO) test -tags e2e -count 1 -run 'TestTmux' -v .

.PHONY: e2e-k8s
e2e-k8s: build ## read the logs of a real cluster (root, a Debian; minutes to build at first)
	RAVEL_BIN=$(CURDIR)/$(BIN)/ravel $(GO) test -tags e2e -count 1 -timeout 50m -v ./sources/kube/e2e

.PHONY: corpus
corpus: build ## score the parser on the corpus of real logs, if it is there
	@if [ ! -f '$(CORPUS)/score.py' ]; then echo 'corpus: skipped, there is no $(CORPUS) (set CORPUS=DIR)'; exit 0; fi; \
	TZ=UTC python3 '$(CORPUS)/score.py' --run '$(CURDIR)/$(BIN)/ravel -o json {file}' >$(BIN)/corpus.txt; cat $(BIN)/corpus.txt; \
	python3 '$(CORPUS)/check_lossless.py' --run '$(CURDIR)/$(BIN)/ravel -o json {file}' >$(BIN)/lossless.txt; grep -v '^ok' $(BIN)/lossless.txt; \
	awk -f .ci/corpus.awk testdata/corpus.floor $(BIN)/corpus.txt $(BIN)/lossless.txt

.PHONY: check
check: lint test race e2e ## everything that must pass before a change lands
