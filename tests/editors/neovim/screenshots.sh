#!/usr/bin/env bash
# Makes the pictures of editors/neovim/README.md anew. Names of pictures may follow.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
FOLDER=${FOLDER:-.venv/editors/neovim}
for program in tmux chromium; do
  command -v "$program" >/dev/null || missing="${missing-} $program"
done
if [ -n "${missing-}" ]; then
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core >/dev/null
fi
tests/editors/neovim/install.sh "$FOLDER" >/dev/null
"$FOLDER/bin/python" -m pip install --quiet --disable-pip-version-check "rich>=13" "pillow>=11"
exec "$FOLDER/bin/python" tests/editors/neovim/screenshots.py "$@"
