# Each verb does its own set-up; a second run is quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1:8000

.PHONY: run demo test screenshots check audit migrate bench soak soak-crash clean

run: $(VENV)/.installed .env migrate  ## start KITT on http://localhost:8000
	$(BIN)/python manage.py runserver --noreload $(ADDRESS)

demo: $(VENV)/.installed .env migrate  ## KITT with a carrier of 300 trucks that does not exist
	@trap 'kill $$simulation' EXIT; trap 'exit 0' INT TERM; \
	$(BIN)/python manage.py simulate $(ARGS) & simulation=$$!; \
	$(BIN)/python manage.py runserver --noreload $(ADDRESS)

# Most tests wait for servers: one after another they took 24 minutes on two cores, most of which stood idle.
test: $(VENV)/.installed-dev  ## the whole suite
	$(BIN)/python -m pytest --numprocesses 4 $(ARGS)

screenshots: $(VENV)/.installed-dev  ## the README's pictures anew, from the demo
	$(BIN)/python -m pytest --screenshots docs/images tests/monitoring/test_screenshots.py

check: $(VENV)/.installed-dev  ## format, lint, types, Django's checks, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

audit: $(VENV)/.installed-dev  ## known vulnerabilities of what KITT runs on; a warning where nobody can be asked
	$(BIN)/python .ci/audit.py requirements.txt

bench: $(VENV)/.installed-dev  ## KITT beside its peers: deliveries/s, latency, memory; some ten minutes
	$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.installed-dev  ## three servers on PostgreSQL and Redis, 500 clients and a fault every 30 s; some 33 minutes
	$(BIN)/python -m tests.soak $(ARGS)

soak-crash: $(VENV)/.installed-dev  ## 20 crashes of one server and 60 cuts of its lines, with everything accounted for
	$(BIN)/python -m tests.crash_soak $(ARGS)

migrate: $(VENV)/.installed
	@$(BIN)/python manage.py migrate --verbosity 0

clean:
	rm -rf $(VENV) .venv-bench bench/load/build bench/peers/node_ws/node_modules .mypy_cache .pytest_cache .ruff_cache

.env:
	cp .env.example .env

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "KITT needs Python 3.11 or later; set PYTHON=/path/to/it" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.installed
