# Each target sets up its own environment in .venv; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help reports check docs test test-slow lint lock lab bench

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

reports: .venv/ready  ## run what is stale and write reports/site/index.html
	$(BIN)/digiskills build

docs: .venv/ready  ## the documents and the package's reference as pages: docs/_build/html/index.html
	$(BIN)/sphinx-build --quiet --fail-on-warning --builder html docs docs/_build/html

check: .venv/ready  ## read the built files back as a reader who subtracts: fails where a withheld number can be found
	$(BIN)/digiskills release check

test: .venv/ready  ## run the tests
	$(BIN)/pytest -n auto

test-pages: .venv/ready tests/browser/node_modules/ready docs  ## look at every page of the site in Chromium (accessibility, keyboard, narrow, dark, print), and at the panel in JupyterLab
	$(BIN)/pytest -n auto -m pages tests/browser tests/test_built_site.py

test-slow: .venv/ready  ## run the tests that take minutes (coverage of intervals over a thousand samples, a site from received files, both engines)
	$(BIN)/pytest -m slow

lint: .venv/ready  ## ruff, mypy, docstrings and stripped notebooks
	$(BIN)/pre-commit run --all-files --show-diff-on-failure

lock: .venv/ready  ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --quiet -o requirements.lock

lab: .venv/ready  ## open JupyterLab on the notebooks
	$(BIN)/digiskills lab

bench: .venv/ready bench/.venv/ready  ## measure against other libraries, which live in an environment of their own
	$(BIN)/python bench/answers.py
	$(BIN)/python bench/themes.py
	$(BIN)/python bench/build.py --thousand --site

bench/.venv/ready: bench/requirements.lock
	$(PYTHON) -m venv bench/.venv
	bench/.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $@

# Checkers alone: the browser is the one of this machine.
tests/browser/node_modules/ready: tests/browser/package-lock.json
	cd tests/browser && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# Two steps: where hashes are checked, pip refuses a package that has none, which is ours.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "Python 3.11 to 3.13 is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@
