# Su Chang Card. `make` alone lists what can be done; `make run` is all that a newcomer needs.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
export HOST PORT TLS
# The suite starts hundreds of processes; none of them should compile the program anew, as they do in many containers.
unexport PYTHONDONTWRITEBYTECODE
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 8 ] && n=8; echo $$n)
BIN := .venv/bin
# A moved checkout has broken scripts in its .venv, so the stamps know where it lay.
HERE := $(shell pwd | cksum | cut -d' ' -f1)
RUNTIME := .venv/.runtime-$(HERE)
TEST := .venv/.test-$(HERE)
PIP := $(BIN)/python -m pip --disable-pip-version-check
# What is installed is what the lock names, whatever newer versions there are; .ci/lock_holds proves it.
LOCKED := install --no-deps --require-hashes
# --no-strip-extras: with hashes, pip before 24 resolves a bare `psycopg` and its extra apart, and looks for the newest.
LOCK := uv pip compile setup.cfg --universal --generate-hashes --python-version 3.11 --no-header --no-strip-extras --quiet

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "make %-12s %s\n", $$1, $$2}'

.PHONY: run
run: setup ## Serve on http://localhost:8000 with a demo province; Ctrl-C stops all (HOST=, PORT=, TLS=1)
	@exec $(BIN)/python -m suchang serve

.PHONY: setup
setup: $(RUNTIME) ## Only set up: .venv from the lock file, JavaScript parts
	@$(BIN)/python -m suchang.web.npm_parts

.PHONY: test
test: test-setup ## Run the whole suite against its own PostgreSQL and Valkey (ARGS= for pytest)
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

.PHONY: check
check: test-setup ## Style, types and the quick tests, in half a minute (ARGS= for pytest)
	@./.ci/check $(BIN) $(ARGS)

.PHONY: mutants
mutants: test-setup ## Plant a hundred faults, one at a time, and say how many a test sees (ARGS="--count 20 --seed 3")
	@$(BIN)/python -m tests.support.mutants $(ARGS)

.PHONY: soak
soak: test-setup ## Run the long form of the proofs, hours of it (ARGS= for pytest)
	@$(BIN)/python -m pytest -m slow --timeout 14400 $(ARGS)

.PHONY: screenshots
screenshots: test-setup ## Take a gallery of every page into screenshots/, zh and en, light and dark, phone and desktop
	@SUCHANG_REQUIRE_BROWSER=1 $(BIN)/python -m pytest tests/browser/screenshots.py -q $(ARGS)

.PHONY: test-setup
test-setup: $(TEST) ## Only set up what the tests and the linters need
	@$(BIN)/python -m suchang.web.npm_parts --test

.PHONY: lint
lint: test-setup ## Check style, types, import rules, templates, migrations and rule packs
	@./.ci/lint $(BIN)

.PHONY: lock
lock: ## Resolve the lock files anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(LOCK) -o requirements/runtime.txt
	$(LOCK) --extra test --extra spark -c requirements/runtime.txt -o requirements/test.txt
	$(LOCK) --extra test --extra bench -c requirements/test.txt -o requirements/bench.txt
	echo 'setuptools>=75' | uv pip compile - --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet -o requirements/build.txt

.PHONY: clean
clean: ## Remove .venv and the JavaScript parts; the data in var/ stay
	rm -rf .venv node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Su Chang Card needs Python 3.11, 3.12 or 3.13; set PYTHON=/path/to/python."; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit("Su Chang Card needs Python 3.11, 3.12 or 3.13, and %s is %d.%d; set PYTHON=/path/to/python." % (sys.executable, *v))'
	@echo "making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module does not work; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(RUNTIME): requirements/runtime.txt requirements/build.txt setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing the locked packages (about 240 MB the first time)"
	@$(PIP) $(LOCKED) -r requirements/build.txt --progress-bar on --only-binary :all: -r requirements/runtime.txt
	@$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(TEST): requirements/test.txt $(RUNTIME)
	@echo "installing what the tests need"
	@$(PIP) $(LOCKED) -r requirements/test.txt --progress-bar on
	@touch $@
