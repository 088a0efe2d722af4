# make demo | test | lint | bench | docs: each sets up what it needs, in .venv

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= out/heat-sink-1
FLAGS  ?=

.PHONY: demo test lint bench docs clean
.DELETE_ON_ERROR:

demo: $(VENV)/demo.stamp
	$(BIN)/thermopkg run cases/heat-sink-1/case.toml --out $(OUT) $(FLAGS)

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest $(FLAGS)

lint: $(VENV)/lint.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.peers $(FLAGS)

docs: $(VENV)/docs.stamp
	$(BIN)/python -m pytest --quiet --book=docs/verification/results.json
	$(BIN)/python docs/make/verification.py
	$(BIN)/python docs/make/claims_page.py
	$(BIN)/python docs/make/notebooks.py

clean:
	rm -rf $(VENV) out

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "thermopkg needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/%.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@
