#!/usr/bin/env bash
# The tests in a real JupyterLab, from a fresh machine on: installs what they need first.
#
#   tests/editors/jupyter/run.sh [pytest's arguments]
#
# $LEARNER is an interpreter with torch; without it, the one in .venv (make install).
# $PICTURES is a folder for screenshots, among them those of editors/jupyter/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
FOLDER=${FOLDER:-.venv/editors/jupyter}
tests/editors/jupyter/install.sh "$FOLDER"
exec "$FOLDER/bin/python" -m pytest -c tests/editors/jupyter/pytest.ini \
  -p no:cacheprovider -q "$@" tests/editors/jupyter
