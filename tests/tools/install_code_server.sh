#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install_code_server.sh - puts a Visual Studio Code for the tests into build/code-server: 300 MB, a minute.
#
# code-server is VS Code served to a browser; 4.100 (VS Code 1.100) is the last for Node 20.  Its
# packages are installed without their scripts, which would download; what has to be compiled is
# compiled here, against the headers of the Node at hand (the modules use Node-API, which stays).
set -eu
cd "$(dirname "$0")/../.."
CODE_SERVER=4.100.3
NODE_20=20.20.2 # where the Node at hand is another

home=$PWD/build/code-server
[ ! -e "$home/installed" ] || exit 0
mkdir -p "$home"
cd "$home"
npm_config_nodedir=$(dirname "$(dirname "$(command -v node)")")
export npm_config_nodedir
quick="--ignore-scripts --no-audit --no-fund --no-update-notifier --fetch-retries=5"

echo '{"name": "code-server-for-tests", "private": true}' >package.json
# shellcheck disable=SC2086 # a list of words
npm install $quick "code-server@$CODE_SERVER"
case $(node --version) in
v20.*) ;;
*)
    # shellcheck disable=SC2086 # a list of words
    npm install $quick "node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')@$NODE_20"
    ln -sfn "$(ls -d node_modules/node-linux-*)" node
    npm_config_nodedir=$home/node
    ;;
esac
npm_config_build_from_source=true npm rebuild argon2 # wanted at the start, though nobody logs in

cd node_modules/code-server/lib/vscode
# shellcheck disable=SC2086 # a list of words
npm install $quick --omit=dev
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
npm rebuild @vscode/spdlog
npm rebuild native-watchdog
ln -sfn node_modules node_modules.asar
ln -sfn code-linux.sh bin/remote-cli/code-server
ln -sfn browser-linux.sh bin/helpers/browser.sh
touch "$home/installed"
