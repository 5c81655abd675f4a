# shellcheck shell=bash
# Tools that only the tests need: browsers and PostgreSQL's server programs.

# shellcheck source=scripts/lib/postgres.sh
source "$ROOT/scripts/lib/postgres.sh"

# Finds the newest browser that Playwright has downloaded.
playwright_browser() {
    local folder=${PLAYWRIGHT_BROWSERS_PATH:-${XDG_CACHE_HOME:-$HOME/.cache}/ms-playwright}
    { find "$folder" -path '*/chromium-*/chrome-linux*/chrome' -type f 2>/dev/null || true; } | sort -rV | awk 'NR == 1'
}

find_chromium() {
    local name
    if [[ -n ${CHROMIUM_PATH:-} && -x $CHROMIUM_PATH ]]; then
        printf '%s\n' "$CHROMIUM_PATH"
        return
    fi
    for name in chromium google-chrome google-chrome-stable chromium-browser; do
        first_program "$name"
    done | awk 'NR == 1'
}

choose_chromium() {
    local browser
    browser=$(find_chromium)
    [[ -n $browser ]] || browser=$(playwright_browser)
    if [[ -z $browser ]]; then
        install_chromium
        browser=$(find_chromium)
        [[ -n $browser ]] || browser=$(playwright_browser)
    fi
    [[ -n $browser ]] || fail "Chromium is missing: install it, or set CHROMIUM_PATH to one, then start this script again."
    link chromium "$browser"
    say "Chromium: $browser"
}

# Installs the package `chromium` on Debian. Other systems download Chromium with Playwright, because Ubuntu's package only
# installs a snap.
install_chromium() {
    if has_apt && can_be_root; then
        refresh_package_list
        if apt-cache show chromium >/dev/null 2>&1; then
            install_packages "Chromium is missing" chromium fonts-liberation
            return
        fi
    fi
    (cd "$ROOT/end2end" && PATH=$LINKS:$PATH attempt "Download Chromium with Playwright (about 170 MB)" \
        timeout 600 node_modules/.bin/playwright install chromium) || true
}

# Uses Debian's Firefox. If Firefox cannot be installed, the tests run only in Chromium.
choose_firefox() {
    local browser=${FIREFOX_PATH:-}
    [[ -x $browser ]] || browser=$(first_program firefox-esr)
    if [[ -z $browser ]] && has_apt && can_be_root; then
        refresh_package_list
        if apt-cache show firefox-esr >/dev/null 2>&1; then
            install_packages "Firefox is missing" firefox-esr
            browser=$(first_program firefox-esr)
        fi
    fi
    if [[ -z $browser ]]; then
        say "Firefox: none, so the tests only run in Chromium (apt-get install firefox-esr)"
        return
    fi
    link firefox "$browser"
    say "Firefox: $browser"
}

choose_postgres() {
    local folder
    folder=$(postgres_programs)
    if [[ -z $folder ]]; then
        install_packages "PostgreSQL's server programs (initdb, pg_ctl) are missing" postgresql
        folder=$(postgres_programs)
    fi
    [[ -n $folder ]] || fail "PostgreSQL's server programs (initdb, pg_ctl) are missing: install them, then start this script again."
    say "PostgreSQL: $folder"
}

# Only one test needs PgBouncer. If PgBouncer is missing, the test is skipped with a message.
choose_pgbouncer() {
    [[ ! -x /usr/sbin/pgbouncer && ! -x /usr/bin/pgbouncer ]] || return 0
    if has_apt && can_be_root; then
        install_packages "PgBouncer is missing" pgbouncer
    else
        say "PgBouncer: missing, so its test is skipped"
    fi
}
