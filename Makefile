# Two commands: `make run` serves the knowledge base, `make test` proves that it works.
# The others: `make check` (style, types, layers), `make lock` (dependencies anew), `make clean`,
# `make bench` (speed against other engines, in an environment of its own), `make successors` (what
# another site generator would change, likewise), `make icons`, `make screenshots` (drawn anew).

# The first Python that is new enough; `make PYTHON=… run` takes another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What is imported is compiled then, and kept; most of what is installed never is. Some machines ask
# for nothing to be kept, which would compile everything anew at every start.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --no-compile

.DEFAULT_GOAL := help
.PHONY: help run test machine check bench successors icons screenshots lock clean

help:
	@sed -n 's/^# //p' Makefile | head -n 2

run: $(VENV)/run.stamp
	$(BIN)/kb build
	exec $(BIN)/kb serve

test:
	@$(MAKE) -j2 check machine
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 3 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# What the tests need beside Python; mostly downloads, so all else is made ready meanwhile.
machine:
	@bash tests/install-browser.sh
	@bash tests/install-postgresql.sh

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

BENCH := .venv-bench

bench: $(BENCH)/bench.stamp
	$(BENCH)/bin/python -m benchmarks --report benchmarks/RESULTS.md --json var/benchmarks.json

$(BENCH)/bench.stamp: requirements-bench.lock
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --require-hashes -r requirements-bench.lock
	$(BENCH)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --no-deps --no-build-isolation --editable .
	@touch $@

SUCCESSORS := .venv-successors

successors: $(VENV)/run.stamp $(SUCCESSORS)/successors.stamp
	$(BIN)/kb build
	$(SUCCESSORS)/bin/python -m benchmarks.successors

$(SUCCESSORS)/successors.stamp: requirements-successors.lock
	$(PYTHON) -m venv $(SUCCESSORS)
	$(SUCCESSORS)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --require-hashes -r requirements-successors.lock
	@touch $@

icons: $(VENV)/test.stamp
	$(BIN)/python -m pictures.icons

# The address of a running service; `make KB=… screenshots` takes another.
KB ?= http://127.0.0.1:8000

screenshots: $(VENV)/test.stamp
	$(BIN)/python -m pictures.screenshots $(KB)
	$(BIN)/python -m pictures.session build

# The environment is made once, and again when what it is made from has changed.
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/run.stamp
	$(INSTALL) --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed; name it: make PYTHON=… $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Locks hold versions and hashes but no addresses, so that any mirror can serve them.
UV_COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
  --no-annotate --no-emit-index-url --quiet

lock:
	printf 'hatchling\n' | $(UV_COMPILE) pyproject.toml - --output-file requirements.lock
	$(UV_COMPILE) --extra test pyproject.toml --constraint requirements.lock \
	  --output-file requirements-test.lock
	$(UV_COMPILE) --extra bench pyproject.toml --constraint requirements-test.lock \
	  --output-file requirements-bench.lock
	printf 'mkdocs-material\nproperdocs\npymdown-extensions\nzensical\n' | $(UV_COMPILE) - \
	  --output-file requirements-successors.lock

clean:
	rm -rf build $(VENV) $(BENCH) $(SUCCESSORS)
