# ChatWidget. `make help` lists what there is; PORT, HOST and DATA_DIR are knobs of `make run`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots clean

HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= var
ARGS ?=
export HOST PORT DATA_DIR

OLDEST := 3.11
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for each in $(PYTHONS); do if $$each $(NEW_ENOUGH) 2>/dev/null; then echo $$each; break; fi; done)
VENV := .venv
RUN_STAMP := $(VENV)/.run-stamp
DEV_STAMP := $(VENV)/.dev-stamp
BIN := $(VENV)/bin
CODE := accounts bots fetcher files rendering sessions_api widgetplatform widgets tests benchmarks conftest.py manage.py

help: ## This list.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(RUN_STAMP) ## Start everything in one process. Knobs: PORT HOST DATA_DIR.
	@exec $(BIN)/python -m widgetplatform.run

test: $(DEV_STAMP) lint ## Lint and run every test. ARGS goes to pytest.
	@$(BIN)/python -m pytest $(ARGS)

lint: $(DEV_STAMP) ## ruff, mypy, oxlint, djlint, bandit.
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/oxlint --quiet -c .oxlintrc.json static widgets/static
	@$(BIN)/djlint --lint --quiet templates widgets/templates
	@$(BIN)/bandit -q -ll -c pyproject.toml -r accounts bots fetcher files rendering sessions_api widgetplatform widgets

bench: $(DEV_STAMP) ## Measure; prints a table and JSON. ARGS: names of measurements.
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(DEV_STAMP) ## Pictures of site, widget and admin in screenshots/.
	@$(BIN)/python -m tests.support.screenshots

clean: ## Remove the virtual environment and caches; DATA_DIR stays.
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache screenshots
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(if $(PYTHON),,$(error ChatWidget needs Python $(OLDEST) or newer and found none ($(PYTHONS)); name one: make PYTHON=/path/to/python3))
	@$(PYTHON) $(NEW_ENOUGH) || { echo "ChatWidget needs Python $(OLDEST) or newer; $(PYTHON) is not." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment; install its venv module (Debian: apt install python3-venv)." >&2; exit 1; }

$(RUN_STAMP): requirements.txt | $(BIN)/python
	@echo "Installing packages into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@echo "Installing tools into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@test -x /usr/bin/chromium || $(BIN)/python -m playwright install chromium
	@touch $@
