#!/usr/bin/env bash
# Installs JupyterLab with Shapewise, and what drives a browser; what is there already is kept.
#
#   tests/editors/jupyter/install.sh [FOLDER]     default: .venv/editors/jupyter
#
# The browser is Debian's `chromium`. Shapewise is installed as a learner would, with
# `shapewise[jupyter]`, but editable.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
[ -n "${PYTHON:-}" ] || { PYTHON=.venv/bin/python; [ -x "$PYTHON" ] || PYTHON=python3; }
FOLDER=${1:-.venv/editors/jupyter}

if ! command -v chromium >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
STAMP="$FOLDER/installed-$(cksum < pyproject.toml | cut -d" " -f1)"
if [ ! -e "$STAMP" ]; then
  mkdir -p "$FOLDER"
  "$PYTHON" -m venv "$FOLDER"
  "$FOLDER/bin/python" -m pip install --quiet --disable-pip-version-check \
    -c constraints.txt -e ".[jupyter]" ipykernel "playwright>=1.55,<2" "pytest>=8" "pytest-timeout>=2"
  touch "$STAMP"
fi
