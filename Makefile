# voltui: `make help` lists what can be made. Nothing here installs anything on the system.

PYTHON ?= python3
ARGS ?=
FUZZTIME ?= 60s
# A test waits more than it works.
WORKERS ?= --numprocesses auto --maxprocesses 4 --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-to-run
DEV_READY := $(VENV)/.ready-to-test
AGENT := tui/agent
GO := GOFLAGS= GOWORK=off GOPROXY=off GOTOOLCHAIN=local $(CURDIR)/$(BIN)/go

# Python sources are installed editable; these make a new build of the agent or new packages.
SOURCES := pyproject.toml $(AGENT)/build.py $(AGENT)/go.mod $(filter-out %_test.go,$(wildcard $(AGENT)/*.go))
MISSING := $(if $(wildcard $(AGENT)/bin/*),,missing)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-all check go-test fuzz bench screenshots tour demo-clean clean missing

help:  ## list what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| grep '^[a-z-]*:.*## ' $(MAKEFILE_LIST)

run: $(RUN_READY)  ## start the browser: on your engine, or on a private one with a demo (ARGS="...")
	@$(BIN)/python -m tests.engines.launch $(ARGS)

test: $(DEV_READY) check go-test  ## check and test everything but the slow parts
	@$(BIN)/pytest $(WORKERS) -m "not slow"

test-all: $(DEV_READY) check go-test fuzz  ## everything: slow tests and fuzzing too
	@$(BIN)/pytest $(WORKERS) -m "slow or not slow"

check: $(DEV_READY)  ## formatting, lint, types, import rules
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: $(BIN)/ruff format' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said" >&2; exit 1; }
	@unformatted=$$("$$($(GO) env GOROOT)/bin/gofmt" -l $(AGENT) tests/agent) && test -z "$$unformatted" \
		|| { echo "gofmt would change: $$unformatted" >&2; exit 1; }
	@cd $(AGENT) && $(GO) vet ./...

go-test: $(DEV_READY)  ## the agent's own tests
	@cd $(AGENT) && $(GO) test ./...

fuzz: $(DEV_READY)  ## fuzz each target of the agent for FUZZTIME
	@cd $(AGENT) && for target in $$($(GO) test -list '^Fuzz' . | grep '^Fuzz'); do \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x . || exit 1; \
	done

bench: $(DEV_READY)  ## measure against peers and limits
	@$(BIN)/python -m tests.bench

screenshots: $(DEV_READY)  ## make the pictures of the README again
	@$(BIN)/python -m screenshots.make

tour: $(DEV_READY)  ## film the README's moving pictures in tmux again
	@$(BIN)/python -m screenshots.tour

demo-clean:  ## remove the demo: its engine, containers, volumes and files
	@test ! -x $(BIN)/python || $(BIN)/python -m tests.engines.demo clean

clean: demo-clean  ## remove the demo, the virtual environment, builds and unpacked packages
	@test ! -x $(BIN)/python || $(BIN)/python -m tests.engines.packages clean
	@rm -rf $(VENV) $(AGENT)/bin build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .grimp_cache

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo 'voltui needs Python 3.11 or newer: there is no $(PYTHON).' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "voltui needs Python 3.11 or newer: $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo '$(PYTHON) cannot make virtual environments: install the package python3-venv.' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN_READY): $(SOURCES) $(MISSING) | $(VENV)/.made
	@echo 'Installing voltui into $(VENV)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV_READY): $(SOURCES) $(MISSING) | $(VENV)/.made
	@echo 'Installing voltui and its tools into $(VENV)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(RUN_READY) $@
