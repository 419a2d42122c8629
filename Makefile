# Two commands for a newcomer, each with all of its own set-up:  make demo   make test
# What dechaff is made of, each with its own set-up too:  make audit   make lowest   make dist   make bill
# Both need Python 3.11 or newer (PYTHON=python3.12 make test picks one), git and make.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: demo test lint accept audit lowest dist bill

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

# Known vulnerabilities of what cleaning needs, in the newest versions.
audit: build/parts/installed build/with/installed
	$(PYTHON) -m pip --python build/parts/bin/python freeze --exclude dechaff > build/parts/requirements.txt
	build/with/bin/pip-audit --strict --no-deps --disable-pip --requirement build/parts/requirements.txt

# All tests but those of browsers and style, with the oldest version that pyproject.toml allows of everything that cleaning needs.
lowest: build/with/installed
	rm -rf build/lowest
	$(PYTHON) -m venv build/lowest
	build/with/bin/uv pip compile --quiet --resolution lowest-direct --python build/lowest/bin/python --extra corpora \
	  --output-file build/lowest/requirements.txt pyproject.toml
	build/lowest/bin/python -m pip install --quiet --requirement build/lowest/requirements.txt $(TEST_WITH)
	build/lowest/bin/python -m pip install --quiet --no-deps --editable .
	build/lowest/bin/python -m pytest -n auto tests --ignore tests/test_browser.py --ignore tests/test_places.py --ignore tests/test_docs.py
TEST_WITH := hypothesis jsonschema junitparser pytest pytest-xdist sarif-tools xmlschema

# The wheel and the archive of sources, twice, from copies in two places with other permissions and times: the bytes must be the same.
dist: build/with/installed
	rm -rf build/dist build/copies
	mkdir -p build/copies/one build/copies/two/deeper
	git archive HEAD | tar -x -C build/copies/one
	git archive HEAD | (umask 077 && tar -x -m -C build/copies/two/deeper)
	build/with/bin/python -m build --outdir build/dist build/copies/one
	(umask 077 && build/with/bin/python -m build --outdir build/copies/dist build/copies/two/deeper)
	for file in build/dist/*; do cmp "$$file" "build/copies/dist/$${file##*/}" || exit 1; done
	cd build/dist && sha256sum *

# A bill of materials: what a fresh installation with all forms of corpora consists of, as CycloneDX.
bill: build/parts/installed build/with/installed
	build/with/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
	  --output-file build/dechaff.cdx.json build/parts/bin/python

build/parts/installed: pyproject.toml
	$(PYTHON) -m venv --without-pip build/parts
	$(PYTHON) -m pip --python build/parts/bin/python install --quiet '.[corpora]'
	touch $@

build/with/installed: pyproject.toml
	$(PYTHON) -m venv build/with
	build/with/bin/python -m pip install --quiet build cyclonedx-bom pip-audit uv
	touch $@

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("dechaff needs Python 3.11 or newer; try: make PYTHON=python3.12 " if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --upgrade pip
	$(RUN)/python -m pip install --quiet --editable '.[dev]'
	touch $@
