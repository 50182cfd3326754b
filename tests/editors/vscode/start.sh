#!/usr/bin/env bash
# A real VS Code in the browser with the packaged extension, on an example file, until Ctrl-C.
#
#   tests/editors/vscode/start.sh [FOLDER] [PORT]      SHAPEWISE_PYTHON: the interpreter, default .venv of the clone
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
node="${SHAPEWISE_EDITORS:-$here/../../../.venv/editors/vscode}/node24/node_modules/node/bin/node"
exec "$node" "$here/start.mjs" "$@"
