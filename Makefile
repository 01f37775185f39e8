# Two commands do everything on a machine that has python3 and make: `make reproduce` and `make test`.
# Whichever runs first also makes the environment, which needs the network; later runs do not.

VENV ?= .venv
BIN  := $(VENV)/bin
OUT  ?= build
JOBS ?= 2

# The first Python that is new enough and can make environments; `make PYTHON=/path/to/python3.12 …` overrides it.
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c '$(SUITABLE)' 2>/dev/null && { echo "$$p"; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help reproduce test lint bench campaign coverage clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

reproduce: $(VENV)/.done ## check the theory; certificates, book, figures and tables go to build/
	$(BIN)/python -m symjepa reproduce -o $(OUT)

test: $(VENV)/.done ## run every test that the machine has the tools for
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

# A theorem file is read as prose: what its small functions return is left for the reader to see.
SENTENCES := --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls --no-warn-return-any

lint: $(VENV)/.done ## ruff, and mypy in strict mode
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy symjepa benchmarks
	$(BIN)/python -m mypy $(SENTENCES) $(sort $(dir $(wildcard derivations/*/*.py)))

bench: $(VENV)/.done ## speed, as ratios against peers measured in the same run (PEERS=a python with heyoka, gmpy2)
	$(BIN)/python -m benchmarks $(if $(PEERS),--peers $(PEERS))

campaign: $(VENV)/.done ## mutate every claim and count the verdicts
	@test -e tests/mutation || { echo 'there are no claims to mutate yet' >&2; exit 1; }
	$(BIN)/python -m tests.mutation

# pyproject.toml says which files and how much: every line and branch of the trusted ones.
COVERING := tests/exact tests/flow tests/modes tests/statements tests/verify tests/adversarial \
	tests/test_symbols.py tests/messages/test_derivation_files.py --ignore=tests/verify/corroborate

coverage: $(VENV)/.done ## line and branch coverage of the trusted files; fails below 100 %
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal --cov --cov-report=term $(COVERING)

clean: ## remove what was built, the environment included
	rm -rf $(OUT) $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

# Written last, so that an interrupted installation is taken up again. The lock holds the build back end too:
# hence --no-build-isolation, and nothing is fetched that the lock does not name.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

$(VENV)/.done: pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { $(call complain,no python3 here is that new and able to make environments); }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { $(call complain,$(PYTHON) is older or missing); }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { $(call complain,$(PYTHON) lacks the venv module); }
	@"$(BIN)/python" -m pip --version >/dev/null 2>&1 || test ! -e "$(VENV)/pyvenv.cfg" || rm -rf "$(VENV)" # half made
	@test -e "$(VENV)/pyvenv.cfg" || "$(PYTHON)" -m venv "$(VENV)"
	$(PIP) install --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

define complain
printf '%s\n' 'symjepa needs Python 3.11 or newer with its venv module, but $(1).' \
	'  Debian, Ubuntu:  apt-get install python3 python3-venv' \
	'  elsewhere:       install a newer Python, then  make PYTHON=/path/to/python3 $(MAKECMDGOALS)' >&2; exit 1
endef
