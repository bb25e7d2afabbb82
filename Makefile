# Every target sets up first: a second when nothing changed.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: setup night run test check lint lock bench bench-peers soak clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	@PYTHON=$(PYTHON) sh tools/setup.sh $(VENV)
	@touch $@

night: setup
	@$(BIN)/nightshift night

run: setup
	@$(BIN)/nightshift run

test: setup
	@$(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not slow"

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test

soak: setup
	@$(BIN)/python -m pytest -q -m slow

bench: setup
	@$(BIN)/python -m tests.bench

bench-peers:
	@sh tools/bench_peers.sh .venv-peers

lock:
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv lock --quiet
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv export --quiet --locked --all-groups --format requirements-txt \
	  --no-header --no-annotate --no-emit-project > requirements.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
