# Every target sets up what it needs; run again, it starts at once.
#   make serve   make build   make test   make audit   make bench   make clean

VENV   := .venv
PY     := $(VENV)/bin/python
PYTHON ?= python3

# Material prints an advertisement for the next MkDocs at each build; we are pinned to this one.
export NO_MKDOCS_2_WARNING := 1

BUILD_READY := $(VENV)/.ready-build
TEST_READY  := $(VENV)/.ready-test
AUDIT_READY := $(VENV)/.ready-audit

.DEFAULT_GOAL := help
.PHONY: help serve build test audit bench pins clean distclean python

help:  ## list the commands
	@echo "make serve   set up, then serve both languages and reload at every change"
	@echo "make build   set up, then write site/ (prints the first-view weight of each page)"
	@echo "make test    set up (browser, Node, Java included), then run every test"
	@echo "             ARGS='-k search' runs some of them"
	@echo "make audit   Lighthouse (mobile, median of three), first-view weights, how fast the calculators answer"
	@echo "make bench   build time, speed of the formulas, engine agreement on 50,000 random cases of each"
	@echo "make pins    after a change in requirements*.in: write the full pins again"
	@echo "make clean   remove what builds and tests wrote;  make distclean  the environment too"

serve: $(BUILD_READY)
	@$(PY) scripts/serve.py $(ADDR)

build: $(BUILD_READY)
	$(PY) -m mkdocs build --strict

# Two workers: the slow tests wait for builds and for the browser, and two cores are what we promise to fit on.
test: $(TEST_READY)
	$(PY) -m pytest -n 2 --dist worksteal $(ARGS)

audit: $(AUDIT_READY)
	$(PY) scripts/audit.py $(ARGS)

bench: $(TEST_READY)
	$(PY) scripts/bench.py $(ARGS)

# The stamps hold the set-up: they are older than the file that asks for it, or absent, when it has to run.
$(BUILD_READY): requirements.txt scripts/setup.py | python
	@$(PYTHON) scripts/setup.py build

$(TEST_READY): requirements.txt requirements-test.txt package.json package-lock.json scripts/setup.py scripts/browser.py | python
	@$(PYTHON) scripts/setup.py test

$(AUDIT_READY): requirements.txt requirements-test.txt package.json package-lock.json scripts/setup.py scripts/browser.py | python
	@$(PYTHON) scripts/setup.py audit

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "$(PYTHON) is missing. Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2; \
	  echo "(or name another one: make PYTHON=/path/to/python3 $(MAKECMDGOALS))" >&2; exit 1; }

pins: | python
	@$(PYTHON) scripts/setup.py pins

clean:
	rm -rf site .cache .pytest_cache test-results .hypothesis
	find macros hooks tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) node_modules
