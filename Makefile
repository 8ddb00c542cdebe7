# Leasehold. `make help` lists everything.

SHELL := /bin/sh
NODE ?= node
SEEDS ?= 20
BLOCKS ?= 100
N ?= 4
HOME_DIR ?= $(CURDIR)/.leasehold

.DEFAULT_GOAL := help
.PHONY: help install build start net demo page test check format generate docs sim mutate oracle crash fuzz hostile bench bench-compare tools clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null || grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

node_modules/.installed: package.json package-lock.json
	@$(NODE) -e 'const [a,b]=process.versions.node.split(".").map(Number); if (a<20||(a===20&&b<19)) { console.error("Leasehold needs Node 20.19 or newer, this is "+process.versions.node); process.exit(1) }'
	npm ci --loglevel=error
	@touch $@

install: node_modules/.installed ## install the pinned dependencies

build: install ## compile, and leave the launcher ./leasehold
	@npx tsc -b
	@$(NODE) build/chain/cli/bundle.js

start: build ## run a local chain with funded accounts and three sellers
	@$(NODE) build/test/dev/start.js --home "$(HOME_DIR)"

net: build ## run a network of validators behind CometBFT on this machine: make net N=4
	@$(NODE) build/test/dev/net.js --validators "$(N)"

demo: build ## play a whole life of a lease on a fresh local chain and recount every amount
	@$(NODE) build/test/dev/demo.js

page: build ## serve the example page: the client library in a browser
	@$(NODE) build/test/dev/page.js

test: build ## run every test (uses Go for the oracles where it is installed)
	@$(NODE) build/test/run.js

check: install ## types, lint, format and tidy
	@npx tsc -b
	@npx oxlint --quiet
	@npx oxfmt --check
	@$(NODE) build/test/tidy.test.js

format: install ## format the sources
	@npx oxfmt

generate: install ## make chain/codec/gen from proto/ and its tables
	@npx tsc -b
	@$(NODE) build/proto/generate.js

docs: build ## write docs/spec from the code
	@$(NODE) build/test/docs/write.js

sim: build ## simulate: make sim SEEDS=200 BLOCKS=300 [SEED=7] [WORKERS=2]
	@SEEDS=$(SEEDS) BLOCKS=$(BLOCKS) SEED=$(SEED) WORKERS=$(WORKERS) $(NODE) build/test/sim/run.js

mutate: build ## switch off guards one at a time; each must turn its tests red: make mutate [ONLY=escrow]
	@ONLY=$(ONLY) $(NODE) build/test/mutate/run.js

oracle: build ## thousands of histories against Go's iavl and ics23, then the SDK's own command line
	@ORACLE_HISTORIES=$${ORACLE_HISTORIES:-5000} $(NODE) build/test/node/oracle_iavl.test.js
	@$(NODE) build/test/oracle/command_line.js

crash: build ## kill nodes with -9 again and again: make crash [KILLS=200] [SEED=7]
	@KILLS=$${KILLS:-200} $(NODE) build/test/crash/run.js

fuzz: build ## a million mutations per decoder: make fuzz [ONLY=tx,json] [SEED=1] [COUNT=1000000] [INDEX=7]
	@$(NODE) build/test/fuzz/run.js

hostile: build ## what hostile clients do to the time between blocks: make hostile [ONLY=batches] [PHASE=12]
	@$(NODE) build/test/hostile/run.js

bench: build ## print the benchmark table beside the Go peers, 20 minutes: make bench [ROWS=market,cli]
	@$(NODE) build/test/bench/run.js

bench-compare: build ## tell what moved since the accepted result
	@$(NODE) build/test/bench/compare.js

tools: ## install the pinned cometbft with go install
	GOBIN="$(CURDIR)/.cache/bin" go install github.com/cometbft/cometbft/cmd/cometbft@v0.38.25

clean: ## remove what the build made
	rm -rf build .cache leasehold
