# The two commands a newcomer needs are `make run` and `make test`; CONTRIBUTING.md explains the rest.
# PYTHON=… picks an interpreter, VENV=… another place for the environment, PYTEST=… more options,
# JOBS=… how many test files run side by side (JOBS=0: one after the other, in one process).
PYTHON ?=
VENV ?= .venv
PYTEST ?=
JOBS ?= auto
# A program that runs pytest for us; only .ci/run names one.
THROUGH ?=
SPREAD := -n $(JOBS) --dist loadfile --no-loadscope-reorder
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
RUNS := $(VENV)/.can-run
TESTS := $(VENV)/.can-test
# Hundreds of tests start a process of ours; without its compiled files each would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check gates lint types mypy pyright walls found wheel wheel-test bench clean

run: $(RUNS)
	@$(BIN)/opsconsole

test: $(TESTS)
	$(THROUGH) $(BIN)/python -m pytest $(SPREAD) $(PYTEST)

check: gates test

# Two at a time: mypy and pyright take long, and one core each.
gates: $(TESTS)
	@$(MAKE) --no-print-directory -j2 lint types walls found

lint: $(TESTS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: mypy pyright

mypy: $(TESTS)
	$(BIN)/mypy

pyright: $(TESTS)
	$(BIN)/pyright --pythonpath $(BIN)/python

walls: $(TESTS)
	$(BIN)/lint-imports --no-cache

# Every test file can be imported. pytest keeps them compiled, which those who run tests side by side
# would otherwise do once each, all at the same time.
found: $(TESTS)
	@found=$$($(BIN)/python -m pytest --collect-only -qq --snapshot-warn-unused) || \
	  { echo "$$found"; exit 1; }

wheel: $(TESTS)
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# The same tests against what users install: the wheel, in an environment of its own.
wheel-test: wheel
	.ci/test-wheel $(BIN)/python dist/*.whl $(SPREAD) $(PYTEST)

# Every benchmark in turn, for some minutes each; CONTRIBUTING.md says how to run one.
bench: $(TESTS)
	@for file in $$(grep -l '^def main' benchmarks/*.py); do \
	  name=benchmarks.$$(basename "$$file" .py); \
	  echo "==== $$name" >&2; $(BIN)/python -m "$$name" || exit 1; \
	done

$(RUNS): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e .
	@touch $@

$(TESTS): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[dev]'
	@touch $@ $(RUNS)

# The first interpreter that is new enough and can make an environment; a broken one is removed.
$(BIN)/python:
	@for python in $(if $(PYTHON),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  seen=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	    echo "passing over $$python: it is Python $$seen" >&2; \
	  elif ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "passing over $$python ($$seen): its venv module is missing;" \
	      "on Debian and Ubuntu: apt install python$$seen-venv" >&2; \
	  else \
	    "$$python" -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); exit 1; \
	  fi; \
	done; \
	echo "opsconsole needs Python 3.11 or newer with its venv module;" \
	  "install one, or name it: make PYTHON=/path/to/python3.12 run" >&2; \
	exit 1

clean:
	rm -rf $(VENV) dist build
