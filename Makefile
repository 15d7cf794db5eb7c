# What there is to do here; `make help` lists it. CI and .ci/run call the same targets.

# The lab's commands run as a program of their own: go run would answer every Ctrl-C with an error.
LAB := exec .bin/lab

# The versions of the tools that `make check` runs. They are not in a go.mod: a tool line would untidy its siblings.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

# The race detector needs a C compiler; the tests themselves need Go alone.
RACE := $(if $(shell command -v $$(go env CC 2>/dev/null) 2>/dev/null),-race)

FUZZTIME := 5s

MODULES := $(sort $(dir $(wildcard services/*/go.mod deploy/tools/*/go.mod)))

.PHONY: lab score-traces help up test fuzz check smoke score bench bench-doctor drill clean format vet fix tidy staticcheck govulncheck

help: ## list what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: lab ## build what is missing, run everything natively, stop it on Ctrl-C
	@$(LAB) up

test: ## run all tests, with the race detector where there is a C compiler
	@$(if $(RACE),,echo "no C compiler: the tests run without the race detector")
	go test $(RACE) work

fuzz: ## run every fuzz target for FUZZTIME (5s) each
	@for module in $(sort $(wildcard services/*/)); do (cd $$module && go list -f '{{.Dir}}' ./...) || exit 1; done | while read -r dir; do \
		cd $$dir && for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' *_test.go 2>/dev/null); do \
			echo "$$target in $$dir" && go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) . || exit 1; \
		done || exit 1; \
	done

check: format vet fix tidy staticcheck govulncheck ## look for what tests do not find: style, mistakes, known vulnerabilities

smoke: lab ## start everything apart from what runs, and check its traces span by span
	@$(LAB) smoke

score: lab ## play every slowdown and its fix, and compare what the doctor says with what was planted
	@$(LAB) score

bench: lab ## measure: latency, memory, sizes, and that no span is lost under load
	@$(LAB) bench

bench-doctor: ## measure the doctor on one core, and fail beyond the limits it has
	GOMAXPROCS=1 go test -run '^$$' -bench . -benchtime 3s ./services/doctor

score-traces: ## judge the doctor by other people's traces (in SPANWISE_TRACES) whose truth is known
	@dir="$${SPANWISE_TRACES:-../shared/traces}"; \
	[ -d "$$dir" ] || { echo "no traces to judge by in $$dir: set SPANWISE_TRACES to a folder with nezha, crisp and jaeger-ui in it"; exit 1; }; \
	SPANWISE_TRACES="$$(cd "$$dir" && pwd)" go test -count=1 -v -run 'ServiceAtFault|FaultFree' ./services/doctor

drill: lab ## kill the Collector, stop Jaeger and the services under load, and count the spans
	@$(LAB) drill

clean: ## remove what was built and what runs have kept
	rm -rf .bin .data

# With the flags that the lab itself builds it with, so that it finds it up to date.
lab: ## build the commands lab and doctor into .bin
	@[ -x .bin/lab ] || echo "compiling the commands lab and doctor: a minute or two, the first time"
	@go build -buildvcs=false -tags=grpcnotrace -ldflags='-s -w' -o .bin/ ./services/lab/cmd/lab ./services/doctor/cmd/doctor

# The parts of check.

format:
	@unformatted=$$(gofmt -l services deploy); \
	if [ -n "$$unformatted" ]; then echo "not formatted (mend with gofmt -w):"; echo "$$unformatted"; exit 1; fi

vet:
	go vet work

fix:
	go fix -diff work

tidy:
	@for module in $(MODULES); do echo "go mod tidy -diff in $$module"; (cd $$module && go mod tidy -diff) || exit 1; done

staticcheck:
	go run $(STATICCHECK) work

# Its exit status is 3 if there are vulnerabilities, and 1 if it could not look, mostly for want of a network.
govulncheck:
	@GOBIN=$(CURDIR)/.bin go install $(GOVULNCHECK)
	@for module in $(wildcard services/*/); do \
		echo "govulncheck in $$module"; (cd $$module && $(CURDIR)/.bin/govulncheck ./...); status=$$?; \
		if [ $$status -eq 3 ]; then exit 1; fi; \
		if [ $$status -ne 0 ]; then echo "known vulnerabilities were not checked (above): that needs https://vuln.go.dev"; exit 0; fi; \
	done
