//! Settings of snapshots. `INSTA_UPDATE=always` stores new and changed snapshots.

use insta::Settings;

/// Patterns and replacements for parts that differ between runs, databases or builds, and for markup that is hard to read.
const FILTERS: [(&str, &str); 15] = [
    (r"(?s)<script.*?</script>", "<script />"),
    (r"(?s)<svg.*?</svg>", "<svg />"),
    (r"(?s)<!--.*?-->|<!>", ""),
    (r#" (?:class|style)="[^"]*""#, ""),
    (r"/pkg/lexicontract[^&]*?\.(css|js|wasm)", "/pkg/lexicontract.$1"),
    (r"\b([a-z]{3})_[0-9a-f]{32}\b", "${1}_ID"),
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
    (r"\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b", "DIGEST"),
    (r#"data-component="(\w+?)_\d+""#, r#"data-component="$1""#),
    (r#"name="form_id" value="[^"]*""#, r#"name="form_id" value="FORM_ID""#),
    (r"\b(lccl|lci|lct|lcwh)_(?:[\w-]{43}|[\w-]{4,6}…)", "${1}_SECRET"),
    (r"127\.0\.0\.1(:|%3A)\d{4,5}", "127.0.0.1${1}PORT"),
    (r"<span data-duration[^>]*>[^<]*</span>", "<span data-duration>DURATION</span>"),
    // Times by the clock of the provider.
    (r#"(?s)<div id="refresh-token">.*?</div>"#, r#"<div id="refresh-token">TIMES</div>"#),
    (r">\s*<", ">\n<"),
];

/// Settings for snapshots whose file names do not contain the name of the module.
pub fn plain() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Settings for snapshots of HTML, with one element per line. Scripts, icons and styles are not part of the snapshot.
pub fn html() -> Settings {
    let mut settings = plain();
    for (pattern, replacement) in FILTERS {
        settings.add_filter(pattern, replacement);
    }
    settings
}
