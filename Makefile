# gradmend. `make` alone lists what can be made.
#
# Everything is installed into $(VENV), once: a stamp in it remembers what is there.
# On a bare machine Python 3.11 (or newer) and make are enough.

VENV ?= .venv
# The suite runs once per backend, each in processes of its own.
BACKENDS ?= jax tensorflow torch
# Test processes side by side; 0 runs everything in one.
WORKERS ?= auto
PYTEST_ARGS ?=
# A Python to prefer over those found on the PATH.
PYTHON ?=

BIN := $(VENV)/bin
STAMPS := $(VENV)/.made
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses=4 --dist=worksteal $(PYTEST_ARGS)

.DEFAULT_GOAL := help
.PHONY: help demo test test-backends test-applications lint format docs notebooks clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
	    printf '  make %-18s %s\n' "$$name" "$$what"; done

demo: $(STAMPS)/demo ## see gradmend find out why a 30-layer network does not learn
	KERAS_BACKEND=jax $(BIN)/gradmend run examples/deep_sigmoid_digits.py

test: $(STAMPS)/dev ## run the whole suite on JAX
	KERAS_BACKEND=jax $(PYTEST)

test-backends: $(STAMPS)/backends ## run the suite once per backend: BACKENDS="jax tensorflow torch"
	@set -e; for backend in $(BACKENDS); do \
	    echo "--- the suite on $$backend"; \
	    KERAS_BACKEND=$$backend $(PYTEST); \
	done

test-applications: $(STAMPS)/dev ## check the large networks of keras.applications (a quarter of an hour)
	KERAS_BACKEND=jax $(BIN)/python -m pytest -m applications tests/behaviour/test_gallery.py

lint: $(STAMPS)/dev ## ruff, mypy --strict, import directions
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMPS)/dev ## rewrite the code as `make lint` wants it, where that can be done safely
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(STAMPS)/docs ## build the documentation site into site/, links checked, without the network
	NO_MKDOCS_2_WARNING=1 KERAS_BACKEND=jax $(BIN)/mkdocs build --strict

notebooks: $(STAMPS)/docs ## write notebooks/ again from the tutorial
	$(BIN)/python notebooks/write.py

clean: ## remove the environment and every cache
	rm -rf $(VENV) dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- the environment

$(BIN)/python:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	            echo "gradmend: $$python cannot make environments: its venv or ensurepip module is missing." >&2; \
	            echo "On Debian and Ubuntu: apt-get install $$(basename $$python)-venv" >&2; \
	            exit 1; \
	        fi; \
	        echo "making $(VENV) with $$("$$python" --version)"; \
	        exec "$$python" -m venv $(VENV); \
	    fi; \
	done; \
	echo "gradmend: no Python 3.11 or newer was found (looked for python3.11, 3.12, 3.13, python3, python)." >&2; \
	echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
	exit 1

$(STAMPS)/demo: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing gradmend with JAX into $(VENV) (some minutes, once)"
	$(INSTALL) --editable '.[jax,examples]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing gradmend with JAX and the test tools into $(VENV) (some minutes, once)"
	$(INSTALL) --editable '.[jax,examples,dev]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/docs: $(STAMPS)/dev
	@echo "adding the tools of the documentation to $(VENV)"
	$(INSTALL) --editable '.[docs]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/backends: $(STAMPS)/dev
	@echo "adding TensorFlow and PyTorch to $(VENV) (some minutes and about 3 GB, once)"
	$(INSTALL) --editable '.[tensorflow,torch]'
	@mkdir -p $(STAMPS) && touch $@
