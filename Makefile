# `make help` lists the targets. CI and .ci/run call them too.

# The lab is built and executed instead of using go run, which reports an error at every Ctrl-C.
LAB := exec .bin/lab

# The tools that `make check` runs. They are in no go.mod, because a tool line there would make the sibling modules untidy.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

# A number of executions, not a duration: Go before 1.27 can report "context deadline exceeded" as a failure when a duration is over
# (https://go.dev/issue/75804).
FUZZTIME := 20000x

# Go's limit of 10 minutes for the tests of a package is there to end those that hang. A slow and busy machine needs longer for some.
LIMIT := -timeout 60m

SERVICES := $(sort $(dir $(wildcard services/*/go.mod services/*/*/go.mod)))
MODULES := $(SERVICES) $(sort $(dir $(wildcard deploy/tools/*/go.mod)))

.PHONY: help up lab test metrics-test race fuzz check smoke score score-traces score-page bench bench-page bench-doctor drill drill-page load profile docs screenshot clean \
	capacity-page scale-page manifests manifests-server \
	format vet fix tidy staticcheck govulncheck

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: lab ## get what is missing and run everything until Ctrl-C
	@$(LAB) up

test: ## run all tests
	go test $(LIMIT) work

race: ## run all tests with the race detector, which takes several times as long and needs a C compiler
	go test $(LIMIT) -race work

metrics-test: ## check metrics, alerts and logs of a running system, after make smoke (needs Prometheus; 40 s)
	go test $(LIMIT) -count=1 -v ./services/lab/metrics -system

fuzz: ## execute each fuzz target FUZZTIME (20000x) times, or for FUZZTIME=1m
	@for module in $(SERVICES); do (cd $$module && go list -f '{{.Dir}}' ./...) || exit 1; done | while read -r dir; do \
		cd $$dir && for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' *_test.go 2>/dev/null); do \
			echo "$$target in $$dir" && go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) . || exit 1; \
		done || exit 1; \
	done

check: format vet fix tidy staticcheck govulncheck ## check formatting, common mistakes, and known vulnerabilities

smoke: lab ## start a system of its own and check its traces span by span
	@$(LAB) smoke

score: lab ## play every slowdown and its fix, and compare the doctor's findings with what was planted
	@$(LAB) score

bench: lab ## measure what tracing costs, what the pipeline holds, latency, memory and sizes (half an hour) into .data/bench.json
	@mkdir -p .data && $(LAB) bench -json .data/bench.json

# Against another commit, if AGAINST is a folder with its source tree.
bench-page: lab ## the same into docs/bench.json and docs/measurements.md
	@$(LAB) bench -json docs/bench.json -page docs/measurements.md $(if $(AGAINST),-against $(AGAINST))

bench-doctor: ## measure the doctor on one core, and fail if it exceeds its limits
	GOMAXPROCS=1 go test -run '^$$' -bench . -benchtime 3s ./services/doctor

# V=1 lists each trace on which the doctor is wrong.
score-traces: ## score the doctor on traces of other systems whose truth is known (in the folder SPANWISE_TRACES)
	@[ -n "$$SPANWISE_TRACES" ] || { echo "set SPANWISE_TRACES to the folder that CONTRIBUTING.md describes"; exit 1; }
	@export SPANWISE_TRACES="$$(cd "$$SPANWISE_TRACES" && pwd)"; \
	go test -count=1 -v -run 'Abroad|ServiceAtFault|FaultFree' ./services/doctor $(if $(V),-wrong) && \
	go test -count=1 -run 'CRISP|JaegerUI' ./services/doctor/path

score-page: ## write that score into docs/score.md
	go test -count=1 -run TestAbroad$$ ./services/doctor -update

drill: lab ## break systems of their own under load in every way that docs/drills.md lists, and account for every span (18 minutes), into .data/drill.json
	@mkdir -p .data && $(LAB) drill -json .data/drill.json

# The drills whose names match ONLY, if it is set.
drill-page: lab ## the same into docs/drill.json and docs/drills.md
	@$(LAB) drill -json docs/drill.json -page docs/drills.md $(if $(ONLY),-only '$(ONLY)')

capacity-page: lab ## measure what one core of each part carries (11 minutes) into docs/capacity.json and docs/capacity.md
	@$(LAB) capacity -measure -json docs/capacity.json -page docs/capacity.md

scale-page: lab ## break the pipelines of many machines in every way, and measure what they cost (22 minutes), into docs/scale.md
	@$(LAB) scale -json docs/scale.json -page docs/scale.md
	@$(LAB) scale -cost -json docs/scale-cost.json -page docs/scale.md

# UPDATE=1 writes the tables in docs/kubernetes-checks.md. -count=1 because go test does not notice changes outside the module.
manifests: ## check the Kubernetes manifests without a cluster (the first time 3 minutes, to compile Kubernetes' own rules)
	cd deploy/tools/manifests && GOWORK=off CGO_ENABLED=0 go test $(LIMIT) -count=1 -p 2 ./... $(if $(UPDATE),-args -update)

manifests-server: ## check them with a real API server, which it builds first (once, 10 to 20 minutes)
	@deploy/tools/manifests/test-server $(if $(UPDATE),-args -update)

docs: ## write the generated tables in docs, and the copies of configuration for Kubernetes
	go test -count=1 -run 'Tables|Copies' ./services/lab/guide ./services/lab/openapi -update

load: lab ## send requests to the running lab at a steady rate, and measure how long they wait
	@$(LAB) load

profile: lab ## write a flame graph of order under load, as order.svg
	@$(LAB) profile

screenshot: lab ## renew the README's report and the pictures in docs from a running lab (needs Chromium)
	@docs/screenshot.sh

clean: ## remove the programs that were built and the data of past runs
	rm -rf .bin .data doctor

COMMANDS := ./services/lab/cmd/lab ./services/doctor/cmd/doctor

# With the same flags as the lab's own build, so that `lab up` finds it up to date.
BUILD := go build -buildvcs=false -tags=grpcnotrace -ldflags='-s -w' -o .bin/ $(COMMANDS)

# The first time takes long, so every 50th package is a line. The last line that awk reads is the exit status.
lab: ## build the commands lab and doctor into .bin
	@if [ -x .bin/lab ]; then exec $(BUILD); fi; \
	echo "compiling the commands lab and doctor: a minute or two, the first time"; \
	total=$$(go list -deps $(COMMANDS) | wc -l); \
	{ $(subst go build,go build -v,$(BUILD)) 2>&1; echo "exit $$?"; } | awk -v total=$$total ' \
		/^exit [0-9]+$$/ { status = $$2; next } \
		/^[^ :]+$$/ { if (++n % 50 == 0) { print n " of about " total + 0 " packages"; fflush() } next } \
		{ print; fflush() } \
		END { exit status }'

# The parts of check:

format:
	@unformatted=$$(gofmt -l services deploy); \
	if [ -n "$$unformatted" ]; then echo "not formatted (run gofmt -w):"; echo "$$unformatted"; exit 1; fi

vet:
	go vet work

fix:
	go fix -diff work

tidy:
	@for module in $(MODULES); do echo "go mod tidy -diff in $$module"; (cd $$module && go mod tidy -diff) || exit 1; done

staticcheck:
	go run $(STATICCHECK) work

# govulncheck exits with 3 if there are vulnerabilities, and with 1 if it could not check, usually because there is no network.
govulncheck:
	@GOBIN=$(CURDIR)/.bin go install $(GOVULNCHECK)
	@for module in $(SERVICES); do \
		echo "govulncheck in $$module"; (cd $$module && $(CURDIR)/.bin/govulncheck ./...); status=$$?; \
		if [ $$status -eq 3 ]; then exit 1; fi; \
		if [ $$status -ne 0 ]; then echo "known vulnerabilities were not checked (above): this needs https://vuln.go.dev"; exit 0; fi; \
	done
