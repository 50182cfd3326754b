# make demo    see what Shapewise says about a small program with a mistake
# make test    everything that is checked: style, types, the wheel, the tests
# make vscode  a real VS Code in the browser with the extension (make vsix builds it)
#
# The first two work in a fresh clone with nothing but Python 3.11 or newer and make; the
# third installs a browser and an editor.
# PYTHON=… chooses the interpreter, PIP_ARGS=… adds to pip's arguments, for example
# an --index-url with the CPU build of torch.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PIP_ARGS ?=
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
WHEEL := build/wheel
SMOKE := build/smoke
ROOMS := server analyzers runtime lessons
PROGRAM := docs/demo/digits.py

.PHONY: help demo test install lint types wheel pytest vsix vscode clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo: install
	@# 1: problems were found, which is what the program is for.
	@$(BIN)/shapewise check --show-shapes $(PROGRAM) || [ $$? -eq 1 ]

test: lint types wheel pytest

install: $(VENV)/installed

# The stamp is as old as what was installed; the install is editable, so sources are no part of it.
$(VENV)/installed: pyproject.toml setup.py constraints.txt
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python"; exit 1; }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
		-c constraints.txt -e ".[dev,torch]"
	mkdir -p $(VENV)/typing/shapewise
	for room in $(ROOMS); do ln -sfn "$(CURDIR)/$$room" $(VENV)/typing/shapewise/$$room; done
	touch $@

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet || { $(BIN)/ruff format --check; exit 1; }

types: install
	$(BIN)/mypy -p shapewise

# The wheel as a learner gets it: in an environment of its own, without torch; torch is
# in another interpreter. Run from elsewhere, so that nothing is found in this folder.
wheel: install
	rm -rf build
	$(BIN)/python -m build --wheel --no-isolation --outdir $(WHEEL) . >/dev/null
	$(BIN)/python tests/wheel.py $(WHEEL)/*.whl
	$(BIN)/python -m venv $(SMOKE)
	$(SMOKE)/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
		-c constraints.txt $(WHEEL)/*.whl
	cd $(SMOKE) && bin/shapewise --version && bin/python -m shapewise.server --version
	cp $(PROGRAM) $(SMOKE)/digits.py
	cd $(SMOKE) && bin/shapewise check --language pt-BR --python "$(CURDIR)/$(BIN)/python" digits.py \
		| tee answer.txt || [ $$? -eq 1 ]
	grep -q SW101 $(SMOKE)/answer.txt
	rm -rf build

pytest: install
	@# By file, so that what a file's tests share is made once.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

# The extension for VS Code, with the wheel inside: needs node and npm.
vsix: install
	rm -rf build editors/vscode/bundled
	$(BIN)/python -m build --wheel --no-isolation --outdir editors/vscode/bundled . >/dev/null
	rm -rf build
	cp LICENSE editors/vscode/LICENSE
	cd editors/vscode && npm ci --no-audit --no-fund --loglevel=error && npm run --silent package

# A real VS Code in the browser with the extension and the example program. See docs/vscode.md.
vscode:
	tests/editors/vscode/install.sh
	$(MAKE) --no-print-directory vsix
	tests/editors/vscode/start.sh

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
