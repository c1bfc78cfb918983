# `make` lists the targets. All they need is Go, make and git (and a C compiler for RACE=1): tools are built
# from the modules in test/tools, at the versions named there, into bin/tools.

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X github.com/unfold-gitops/unfold/pkg/cli.version=$(VERSION)
TOOLS    := $(CURDIR)/bin/tools

COVER_MIN ?= 85
FUZZTIME  ?= 10s

# The scripts that `make quick` runs: one of each of the commands used most.
QUICK := TestScript/^(check|diff|eject|generate|render|set|set-image|usage)$$

# Empty in the workflow of a tag, which publishes.
RELEASE ?= --snapshot

# Read by the tests: the kustomize that `unfold eject` is held against, and how many random descriptors to try.
# LAW_SEED, 1 unless given, makes others of them; it reaches the tests through the environment without being named here.
export UNFOLD_TEST_KUSTOMIZE := $(TOOLS)/kustomize
export LAW_N ?= 50

# RACE=1 and COVER=1 make `make test` run with the race detector and with coverage; together they are slow. SKIP leaves
# out the tests whose names match.
TESTFLAGS := $(if $(RACE),-race -timeout 30m)
TESTFLAGS += $(if $(COVER),-coverpkg=./pkg/... -coverprofile=bin/cover.out)
TESTFLAGS += $(if $(SKIP),-skip '$(SKIP)')
ifdef RACE
export CGO_ENABLED := 1
# A program under the race detector would sleep for a second at its end.
export GORACE ?= atexit_sleep_ms=0
endif

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' Makefile

.PHONY: build
build: ## Build the static binary bin/unfold
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$(LDFLAGS)" -o bin/unfold ./cmd/unfold

.PHONY: example
example: ## Print the prod manifests of examples/example-app
	@$(MAKE) --no-print-directory build >&2
	@bin/unfold render examples/example-app --env prod

.PHONY: quick
quick: ## Compile, vet, and run the tests beside the code and some scripts: half a minute when the caches are warm
	go vet ./...
	go test ./pkg/... ./test/bad
	go test ./test/script -run '$(QUICK)'

.PHONY: test
test: $(TOOLS)/kustomize ## Run all tests but the end-to-end ones (RACE=1, COVER=1, LAW_N=50, LAW_SEED=1)
	go test $(strip $(TESTFLAGS) ./...)
	$(if $(COVER),bash test/tools/cover.sh bin/cover.out $(COVER_MIN))

.PHONY: cover
cover: ## Fail when the tests cover less than COVER_MIN=85 % of the statements in pkg/
	@$(MAKE) --no-print-directory test COVER=1

.PHONY: race
race: ## Run the tests under the race detector
	@$(MAKE) --no-print-directory test RACE=1

.PHONY: law
law: $(TOOLS)/kustomize ## Hold `eject` and `generate` against kustomize, on LAW_N random descriptors (LAW_SEED=random for new ones)
	@go test -list Law ./test/... | grep -q '^Test' || { echo 'no test has "Law" in its name' >&2; exit 1; }
	go test ./test/... -run Law $(if $(SKIP),-skip '$(SKIP)') -count=1 -timeout 60m

.PHONY: limits
limits: ## Hold what the worst app costs at every pair of limits (part of make test, but not of make race)
	@go test -list TestLimits ./pkg/render | grep -q '^Test' || { echo 'there is no TestLimits' >&2; exit 1; }
	go test ./pkg/render -run '^TestLimits$$' -count=1

.PHONY: kill
kill: ## Kill a commit at each call that changes the disk, of unfold and of git (some of them are in make test)
	@go test -list TestCommitKilledAtCalls ./test/delivery | grep -q '^Test' || { echo 'there is no TestCommitKilledAtCalls' >&2; exit 1; }
	KILL_STEP=1 go test ./test/delivery -run '^TestCommitKilledAtCalls$$' -count=1 -timeout 60m -v

.PHONY: fuzz
fuzz: $(TOOLS)/kustomize ## Run every fuzz target for FUZZTIME=10s
	bash test/tools/fuzz.sh $(FUZZTIME)

.PHONY: bench
bench: build $(TOOLS)/kustomize $(TOOLS)/helm ## Measure against kustomize and helm, and against the committed result
	go run ./test/bench

.PHONY: bench-update
bench-update: build $(TOOLS)/kustomize $(TOOLS)/helm ## Measure, and write the result and docs/performance.md
	go run ./test/bench -write

.PHONY: lint
lint: $(TOOLS)/staticcheck $(TOOLS)/actionlint ## Check formatting, go vet, staticcheck and the workflow files
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(TOOLS)/staticcheck ./...
	cd test/tools/goreleaser && go vet ./... && $(TOOLS)/staticcheck ./...
	cd test/tools/dockerlint && go vet ./... && $(TOOLS)/staticcheck ./...
	cd test/e2e && go vet ./... && $(TOOLS)/staticcheck ./...
	cd test/editor && go vet ./... && $(TOOLS)/staticcheck ./...
	cd test/promql && go vet ./... && $(TOOLS)/staticcheck ./...
	cd test/tools/kubevalid && go vet ./... && $(TOOLS)/staticcheck ./...
	$(TOOLS)/actionlint -shellcheck= -pyflakes=
	bash test/ci/lint $(TOOLS)/actionlint

.PHONY: docker-lint
docker-lint: $(TOOLS)/dockerlint ## Check the Dockerfile with BuildKit's linter, and the linter with bad Dockerfiles
	go -C test/tools/dockerlint test ./...
	$(TOOLS)/dockerlint Dockerfile

.PHONY: templates
templates: build $(TOOLS)/dockerlint $(TOOLS)/actionlint ## Make an app from each template and run what it contains
	bash test/templates/run

.PHONY: update
update: $(TOOLS)/kustomize ## Write goldens and generated files anew
	bash test/tools/update.sh

.PHONY: import-corpus
import-corpus: export UNFOLD_TEST_CORPUS ?= $(CURDIR)/../shared/corpus
import-corpus: ## Import the real kustomize trees in UNFOLD_TEST_CORPUS, where there are some, and print what became of them
	go test -count=1 -v -run TestImport ./test/corpus

.PHONY: kube-types
kube-types: ## Write the tables of Kubernetes' types anew, from the modules in test/tools/kubetypes/sources.txt
	go run ./test/tools/kubetypes

.PHONY: tidy
tidy: ## Fail when `go mod tidy` would change a module file
	bash test/tools/tidy.sh

.PHONY: verify
verify: tidy $(TOOLS)/kustomize ## Fail when `make update` or `go mod tidy` would change a file
	bash test/tools/verify.sh

.PHONY: editor
editor: $(TOOLS)/yamlls/package-lock.json ## Show app.yaml to the YAML language server of editors (needs node and npm)
	cd test/editor && go test -count=1 ./...

.PHONY: promql
promql: ## Hold the queries in the goldens to Prometheus' own parser
	cd test/promql && go test -count=1 ./...

.PHONY: validate
validate: export UNFOLD_TEST_KUBEVALID := $(TOOLS)/kubevalid
validate: $(TOOLS)/kubevalid $(TOOLS)/kustomize ## Hold LAW_N random descriptors, and mutations, to Kubernetes' own validation
	go test -list Kubernetes ./test/law | grep -q '^Test' || { echo 'no test has "Kubernetes" in its name' >&2; exit 1; }
	go test ./test/law -run Kubernetes -count=1 -timeout 60m

.PHONY: e2e
e2e: build ## Run against a real argocd-repo-server and argocd-cmp-server
	bash test/e2e/run

.PHONY: e2e-load
e2e-load: build ## Put a real repo-server under load
	bash test/e2e/run load

.PHONY: release
release: export VERSION := $(VERSION)
release: $(TOOLS)/goreleaser ## Build for linux, darwin and windows on amd64 and arm64 into bin/release, with checksums
	$(TOOLS)/goreleaser check
	$(TOOLS)/goreleaser release --clean $(RELEASE)
	cd test/tools/goreleaser && go test -count=1 .

.PHONY: clean
clean: ## Remove everything that the other targets built
	rm -rf bin test/e2e/.bin

# go.mod pins the version of each tool, so the tool is as new as its module files.

$(TOOLS)/kustomize: test/tools/kustomize/go.mod test/tools/kustomize/go.sum
	CGO_ENABLED=0 go -C $(<D) build -buildvcs=false -trimpath -o $@ sigs.k8s.io/kustomize/kustomize/v5

$(TOOLS)/helm: test/tools/helm/go.mod test/tools/helm/go.sum
	CGO_ENABLED=0 go -C $(<D) build -buildvcs=false -trimpath -ldflags "-s -w" -o $@ helm.sh/helm/v3/cmd/helm

$(TOOLS)/goreleaser: test/tools/goreleaser/go.mod test/tools/goreleaser/go.sum
	CGO_ENABLED=0 go -C $(<D) build -buildvcs=false -trimpath -ldflags "-s -w" -o $@ github.com/goreleaser/goreleaser/v2

$(TOOLS)/staticcheck: test/tools/lint/go.mod test/tools/lint/go.sum
	CGO_ENABLED=0 go -C $(<D) build -buildvcs=false -trimpath -o $@ honnef.co/go/tools/cmd/staticcheck

$(TOOLS)/actionlint: test/tools/lint/go.mod test/tools/lint/go.sum
	CGO_ENABLED=0 go -C $(<D) build -buildvcs=false -trimpath -o $@ github.com/rhysd/actionlint/cmd/actionlint

$(TOOLS)/dockerlint: test/tools/dockerlint/go.mod test/tools/dockerlint/go.sum test/tools/dockerlint/main.go
	CGO_ENABLED=0 go -C $(<D) build -buildvcs=false -trimpath -o $@ .

# Kubernetes' own packages: a minute or more, once.
$(TOOLS)/kubevalid: test/tools/kubevalid/go.mod test/tools/kubevalid/go.sum test/tools/kubevalid/main.go test/tools/kubevalid/validate.go
	CGO_ENABLED=0 nice go -C $(<D) build -buildvcs=false -trimpath -ldflags "-s -w" -o $@ .

# Installed beside a copy of its lock file.
$(TOOLS)/yamlls/package-lock.json: test/tools/yamlls/package.json test/tools/yamlls/package-lock.json
	rm -rf $(@D) && mkdir -p $(@D)
	cp $^ $(@D)/
	npm --prefix $(@D) ci --ignore-scripts --no-audit --no-fund || { rm -rf $(@D); exit 1; }
	touch $@
