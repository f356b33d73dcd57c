SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
.DEFAULT_GOAL := help

PYTHON ?= python3
# Hub names or folders for `make serve`; empty: what comes with the repository.
EMBEDDING_MODEL ?=
RERANKING_MODEL ?=
# Arguments of `make bench`; `bench/embed.py --help` lists them.
BENCH ?=
# Arguments of `make bench-search`; `bench/search.py --help` lists them.
BENCH_SEARCH ?=
FUZZ_SECONDS ?= 300
BIN := .venv/bin
READY := .venv/.ready
# The Milvus server and what it needs, which is older than what everything else does.
MILVUS_READY := .venv-milvus/.ready
# Settings of `make milvus`, e.g. MILVUS='--data elsewhere --set proxy.timeTickInterval=50'.
MILVUS ?=
LOCAL := -e proto -e services/embedder -e services/index[faiss,milvus] -e clients/python -e samples/problems -e deploy/local -e models/nano
PYPROJECTS := proto/pyproject.toml services/embedder/pyproject.toml services/index/pyproject.toml \
  clients/python/pyproject.toml samples/problems/pyproject.toml deploy/local/pyproject.toml \
  models/nano/pyproject.toml
TYPED := proto/python/lensdex_wire proto/generate.py services/embedder/src services/index/src clients/python/src \
  samples/problems/src deploy/local/src models/nano/src

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(READY) ## Set up .venv with everything (Python 3.11 or newer, a C++ compiler)

$(READY): constraints.txt requirements-dev.txt $(PYPROJECTS)
	$(PYTHON) -c 'import sys; sys.exit("Lensdex needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt $(LOCAL)
	touch $@

.PHONY: demo
demo: setup ## Start both services, ingest the sample problems, search them in every way, stop
	$(BIN)/python -m lensdex_local demo

.PHONY: serve
serve: setup ## Start both services on their usual ports and keep them running until Ctrl-C
	$(BIN)/python -m lensdex_local serve --embedding-model '$(EMBEDDING_MODEL)' --reranking-model '$(RERANKING_MODEL)'

.PHONY: test
test: setup check test-bare ## Set up what is needed, then lint, types, architecture, contracts and all tests

.PHONY: check
check: lint types architecture proto-check proto-lint tests ## The same without the set-up

.PHONY: lint
lint: ## Style and formatting
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

.PHONY: types
types: ## Types, strict
	$(BIN)/mypy $(TYPED)

.PHONY: architecture
architecture: ## Who may import whom
	$(BIN)/lint-imports

.PHONY: tests
tests: ## All tests but those that need a Milvus server
	$(BIN)/pytest -m 'not milvus'

.PHONY: test-milvus
test-milvus: setup $(MILVUS_READY) ## Test the engine milvus against the real server, which it installs and starts
	$(BIN)/pytest services/index/tests -m milvus

.PHONY: milvus
milvus: $(MILVUS_READY) ## Start a Milvus server on its usual ports, its data in var/milvus, until Ctrl-C
	mkdir -p var/milvus
	.venv-milvus/bin/python deploy/milvus/serve.py --data var/milvus $(MILVUS)

$(MILVUS_READY): deploy/milvus/requirements.txt
	$(PYTHON) -m venv .venv-milvus
	.venv-milvus/bin/pip install --quiet --disable-pip-version-check -r deploy/milvus/requirements.txt
	touch $@

.PHONY: test-bare
test-bare: setup ## The index and the client in an environment of their own: installed, run, and no torch in it
	$(BIN)/pytest tests/packaging --run-bare

.PHONY: crash
crash: setup ## Kill the index 200 times amid writes, searches, changes of views, reindexing and snapshots; what it acknowledged must be there each time
	$(BIN)/pytest services/index/tests/test_crash*.py --kills 200 --timeout 7200

.PHONY: fuzz
fuzz: setup ## Fuzz media and calls of the embedder, guided by coverage, FUZZ_SECONDS each; a finding ends it
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r services/embedder/fuzz/requirements.txt
	$(BIN)/python services/embedder/fuzz/media.py var/fuzz/media -artifact_prefix=var/fuzz/ -max_total_time=$(FUZZ_SECONDS)
	$(BIN)/python services/embedder/fuzz/calls.py var/fuzz/calls -artifact_prefix=var/fuzz/ -max_total_time=$(FUZZ_SECONDS)

.PHONY: nano
nano: setup ## Train the nano checkpoints from scratch into models/nano (two hours on two cores; resumes)
	$(BIN)/python -m lensdex_nano train

.PHONY: quality
quality: setup ## Judge the nano checkpoints on held-out problems: retrieval, pooling, reranking, with intervals
	$(BIN)/python -m lensdex_nano evaluate

.PHONY: bench
bench: setup ## Measure the embedder with a random checkpoint of 60 M parameters (BENCH='--random 2b --device cuda' for others)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r bench/requirements.txt
	$(BIN)/python bench/embed.py $(BENCH)

.PHONY: bench-search
bench-search: setup ## Measure the index against its targets and beside other stores (two hours; BENCH_SEARCH='--count 5000 --dimension 128' for a look)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r bench/requirements.txt
	$(BIN)/python bench/search.py $(BENCH_SEARCH)

.PHONY: proto
proto: setup ## Regenerate Python from the contracts
	rm -rf proto/python/lensdex
	$(BIN)/python proto/generate.py proto/python

.PHONY: proto-check
proto-check: ## Generated code is what the contracts generate
	$(BIN)/python proto/check.py

.PHONY: proto-lint
proto-lint: ## Contracts keep their style and break no caller (against the last release, or the first commit)
	$(BIN)/buf lint proto
	$(BIN)/python proto/breaking.py

.PHONY: format
format: ## Format the code
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

.PHONY: clean
clean: ## Remove the environment and what runs left behind
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
