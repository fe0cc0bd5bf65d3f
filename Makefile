# `make report` and `make test` do everything on a fresh machine: each first makes .venv from
# requirements.lock when it is missing or out of date (scripts/setup.sh), and reuses it after.

BIN := .venv/bin
# Extra arguments, for example: make test ARGS="-k vintages", make lock ARGS=--upgrade
ARGS ?=

.PHONY: help setup report test test-slow lint format typing bench bench-full lock clean
.DEFAULT_GOAL := help

help:
	@echo 'make report     fit the escape rates to the arrivals and write out/report.html'
	@echo 'make test       the tests, less the slow ones'
	@echo 'make test-slow  the tests that sample; DEFECTMODELS_REDUCED=1 makes them smaller'
	@echo 'make lint       ruff: rules and format'
	@echo 'make format     let ruff mend what it can'
	@echo 'make typing     mypy'
	@echo 'make bench      the benchmarks: some minutes; make bench-full: every model and way'
	@echo 'make setup      only make .venv'
	@echo 'make lock       renew requirements.lock from pyproject.toml (ARGS=--upgrade: newest versions)'
	@echo 'make clean      remove what was made, .venv included'

setup:
	@sh scripts/setup.sh

report: setup
	@mkdir -p out
	$(BIN)/defectmodels fit escape_rates arrivals --seed 1 -o out/fit.nc
	$(BIN)/defectmodels report out/fit.nc -o out/report.html

test: setup
	$(BIN)/python -m pytest $(ARGS)

# pytest exits with 5 when it found no test, which is no failure here.
test-slow: setup
	$(BIN)/python -m pytest -m slow $(ARGS) || [ $$? -eq 5 ]

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

typing: setup
	$(BIN)/mypy src

# Results to compare with another run's: python -m benchmarks.compare A.json B.json
bench: setup
	$(BIN)/python -m benchmarks --json out/bench.json $(ARGS)
	$(BIN)/python -m benchmarks.statements --json out/bench-statements.json
	$(BIN)/python -m benchmarks.refits --json out/bench-refits.json

bench-full: setup
	$(BIN)/python -m benchmarks --full --seeds 3 --json out/bench-full.json $(ARGS)
	$(BIN)/python -m benchmarks.stages --cold --json out/bench-stages.json
	$(BIN)/python -m benchmarks.scale --full --json out/bench-scale.json

# Not after `setup`, which would fail while the lock is out of step. Versions that the lock
# holds already are kept; no address of a package index is written into it.
lock:
	@if $(BIN)/python -m uv --version >/dev/null 2>&1; then uv='$(BIN)/python -m uv'; \
	elif command -v uv >/dev/null 2>&1; then uv=uv; \
	else echo "make lock needs uv. Remedy: make setup, or install uv." >&2; exit 1; fi; \
	$$uv pip compile --quiet --universal --generate-hashes --python-version 3.12 --extra dev \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	  --output-file requirements.lock $(ARGS) pyproject.toml

clean:
	rm -rf .venv out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
