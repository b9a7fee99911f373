# Everything runs in .venv, which the first target that needs it creates from requirements.lock.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CANDIDATES := python3.11 python3 python3.12 python3.13
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
systems := $(sort $(notdir $(patsubst %/system.yaml,%,$(wildcard specs/*/system.yaml))))
out ?=
within ?=

.DEFAULT_GOAL := help
.PHONY: help venv certify test faults fuzz mutate check wheel bench lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Clausewise needs Python 3.11 or newer: apt install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot create virtual environments: apt install python3-venv" >&2; exit 2; }
	@echo "Installing the pinned dependencies into $(VENV) (once; a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@touch $@

venv: $(STAMP)  ## create .venv with the pinned dependencies

certify: $(STAMP)  ## certify every system against its reference server
	$(BIN)/clausewise certify $(systems) $(if $(out),--out $(out))

test: $(STAMP)  ## run the project's own tests, a minute or two
	$(BIN)/pytest -n auto -m "not slow" harness/tests

# Some things show in tenths of a second, which a busy machine may miss: what failed runs once more, alone.
# `within=900` begins no test later than after so many seconds: a share of everything, bounded on a slow machine too.
faults: $(STAMP)  ## run the suite against seeded faults, readings and independent servers, up to an hour; within=SECONDS for a share
	$(BIN)/pytest -n 3 -m slow $(if $(within),--within $(within)) harness/tests || $(BIN)/pytest -m slow --maxfail 3 --last-failed --last-failed-no-failures none harness/tests

fuzz: $(STAMP)  ## fuzz every system's reference server: half a minute of the fast layer, then the Hypothesis tests
	for system in $(systems); do $(BIN)/clausewise fuzz $$system --time 30s; done
	$(BIN)/pytest -q -n auto --timeout 1500 fuzz || $(BIN)/pytest -q --timeout 1500 --last-failed --last-failed-no-failures none fuzz

mutate: $(STAMP)  ## the kill rate of every suite, some minutes
	for system in $(systems); do $(BIN)/clausewise mutate $$system; done

check: $(STAMP)  ## linters, types, layers, specs and case lists
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q harness/tests/test_layers.py
	$(BIN)/clausewise spec lint
	$(BIN)/clausewise spec schema --check
	for system in $(systems); do $(BIN)/clausewise spec cases $$system --check; done
	for system in $(notdir $(patsubst %/,%,$(wildcard xsd/*/))); do $(BIN)/clausewise spec xsd $$system --check; done
	$(BIN)/clausewise spec coverage | tail -n 8

wheel: $(STAMP)  ## build dist/clausewise-*.whl
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bench: $(STAMP)  ## measure what was promised, one line a figure
	$(BIN)/python suites/throughput/reach.py

lock:  ## write requirements.lock again from pyproject.toml
	uv pip compile pyproject.toml --extra dev --generate-hashes --python-version 3.11 --output-file requirements.lock

clean:  ## remove what the other targets made, but not reports/runs
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
