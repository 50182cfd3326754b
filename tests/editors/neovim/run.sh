#!/usr/bin/env bash
# The tests in a real Neovim, from a fresh machine on: installs what they need first.
#
#   tests/editors/neovim/run.sh [pytest's arguments]
#
# $SHAPEWISE is the server's program; without it, the one in .venv (make install).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
FOLDER=${FOLDER:-.venv/editors/neovim}
tests/editors/neovim/install.sh "$FOLDER" >/dev/null
exec "$FOLDER/bin/python" -m pytest -c tests/editors/neovim/pytest.ini \
  -p no:cacheprovider -q "$@" tests/editors/neovim
