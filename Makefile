# Two commands for a newcomer, each with all of its own set-up:  make demo   make test
# Both need Python 3.11 or newer (PYTHON=python3.12 make test picks one), git and make.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: demo test lint accept

demo: $(VENV)/installed
	rm -rf build/clean build/clean-report
	$(RUN)/dechaff clean samples/scrapes/in -o build/clean
	@echo
	@echo "The clean copies are in build/clean; open build/clean-report/index.html to see every change and why."

test: $(VENV)/installed
	$(RUN)/python -m pytest -n auto

lint: $(VENV)/installed
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

# Rewrites golden files, floors and RULES.md from what the code does now: read the difference before you commit it.
accept: $(VENV)/installed
	$(RUN)/python -m pytest --accept

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("dechaff needs Python 3.11 or newer; try: make PYTHON=python3.12 " if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --upgrade pip
	$(RUN)/python -m pip install --quiet --editable '.[dev]'
	touch $@
