#!/usr/bin/env bash
# The tests in a real VS Code, from a fresh machine on: installs what they need, builds the
# extension, runs it in code-server and Chromium and inside the extension host.
#
#   tests/editors/vscode/run.sh [arguments of `node --test`]
#
# $SHAPEWISE_PYTHON is an interpreter with Shapewise and torch; without it, the one in .venv
# (make install). Logs and pictures of failures go to $SHAPEWISE_RESULTS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
editors=${SHAPEWISE_EDITORS:-$PWD/.venv/editors/vscode}
tests/editors/vscode/install.sh "$editors"
make vsix
cd tests/editors/vscode
# One after the other: each has a browser and an editor.
exec "$editors/node24/node_modules/node/bin/node" --test --test-concurrency=1 "$@" ./*.test.mjs
