#!/usr/bin/env bash
# Installs what the tests in a real VS Code need, once: Chromium and npm from the system's
# packages, Node 24 and code-server from npm. About 2 minutes and 1 GB.
#
#   tests/editors/vscode/install.sh [FOLDER]      default: $SHAPEWISE_EDITORS or .venv/editors/vscode
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-${SHAPEWISE_EDITORS:-$here/../../../.venv/editors/vscode}}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
code_server=4.139.1

chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
packages=()
command -v npm >/dev/null || packages+=(nodejs npm)
chromium >/dev/null || packages+=(chromium fonts-dejavu-core)
# code-server compiles its kerberos module.
[ -e "$folder/codeserver/node_modules/code-server/out/node/entry.js" ] ||
  packages+=(libkrb5-dev build-essential pkg-config)
if [ ${#packages[@]} -gt 0 ]; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

mkdir -p "$folder/node24" "$folder/codeserver"
cd "$folder/node24"
[ -x node_modules/node/bin/node ] ||
  { npm init -y >/dev/null && npm install --no-audit --no-fund --loglevel=error node@24; }
export PATH="$folder/node24/node_modules/node/bin:$PATH"
header=$(find "$folder/node24/node_modules" -path '*include/node/node.h' | head -1)
export npm_config_nodedir=${header%/include/node/node.h}
cd "$folder/codeserver"
[ -e node_modules/code-server/out/node/entry.js ] ||
  { npm init -y >/dev/null && npm install --no-audit --no-fund --loglevel=error "code-server@$code_server"; }
cd "$here"
npm ci --no-audit --no-fund --loglevel=error
echo "installed in $folder"
