# Every command of the project. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test lint fix lock e2e conformance loadtest soak clean
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 22

demo: $(VENV)/.runtime ## the demo shop and an edge in front of it; ARGS=--check runs the whole story once
	$(BIN)/vitrine demo $(ARGS)

test: $(VENV)/.dev ## every test that needs no browser, no real shop and less than five minutes
	$(BIN)/pytest -n auto -m "not slow and not browser and not oscar" $(ARGS)

lint: $(VENV)/.dev ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.dev ## format and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

e2e: $(VENV)/.dev ## a real shop (django-oscar) and a real browser (Chromium) through the edge
	deploy/debian-packages chromium
	$(BIN)/pytest -m "browser or oscar" tests/e2e $(ARGS)

conformance: $(VENV)/.dev tests/conformance/node_modules ## the public HTTP cache suite against the node; ARGS="--only ID" shows one test
	$(BIN)/python -m tests.conformance.run $(ARGS)

soak: $(VENV)/.dev ## the long form of the fault and churn tests
	$(BIN)/pytest -m slow --timeout 3600 $(ARGS)

loadtest: $(VENV)/.dev ## Locust against the demo shop, direct and through the edge in turn; ARGS=--quick in a minute
	$(BIN)/python -m loadtest.run $(ARGS)

lock: $(VENV)/.dev ## pin every version with hashes anew
	$(BIN)/python deploy/lock.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info tests/conformance/node_modules

tests/conformance/node_modules: tests/conformance/package-lock.json
	(command -v node && command -v npm) >/dev/null || deploy/debian-packages nodejs npm
	cd tests/conformance && npm ci
	@touch $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { deploy/debian-packages python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP_INSTALL) --require-hashes -r requirements.lock
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runtime
