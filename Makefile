# One command per task. `make book` and `make test` set up .venv from the hash-pinned lock by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help book test lab serve watch check bench lighthouse lock sbom audit clean setup
help: ## List the tasks
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(READY) ## Set up .venv from requirements.lock
$(READY): requirements.lock pyproject.toml src/casefile/press/plotlyjs.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …"; exit 2; }
	@echo "Setting up $(VENV) from requirements.lock (once; a few minutes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m casefile.press.plotlyjs
	@touch $@

book: $(READY) ## Run the notebooks and assemble the book in _build/html
	@$(BIN)/casefile build

test: $(READY) ## The whole test suite
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lab: $(READY) ## Open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

serve: $(READY) ## Preview the built book on this machine
	@$(BIN)/casefile serve

watch: $(READY) ## Preview the book and build it again after each change
	@$(BIN)/casefile serve --watch

check: $(READY) ## Format, lint, types, data
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/casefile check

bench: $(READY) ## Measure side by side with the plain recipe
	@$(BIN)/python -m benchmarks

lighthouse: $(READY) ## Lighthouse on every page of the built book, where it is installed
	@$(BIN)/python -m benchmarks.lighthouse

lock: ## Renew requirements.lock and environment.yml from pyproject.toml
	@$(BIN)/python -m casefile.press.lockfile

sbom: $(READY) ## Bill of materials (CycloneDX) and licence list of the lock, in _build/sbom
	@mkdir -p _build/sbom
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --of JSON -o _build/sbom/sbom.cdx.json
	@$(BIN)/python -m casefile.press.licences

audit: $(READY) ## Known weaknesses of the locked packages; without a network it says so and goes on
	@$(BIN)/python -m casefile.press.audit

clean: ## Remove what was built (not .venv)
	@rm -rf _build
