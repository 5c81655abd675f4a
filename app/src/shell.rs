use crate::context::hub;
use crate::pages::RenderedPage;
use crate::policy::content_security_policy;
use crate::theme::Theme;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::sync::OnceLock;

const ENHANCE: &str = include_str!("enhance.js");

/// The HTML document around a page. Also sets the headers that all pages have.
pub(crate) fn shell(options: &LeptosOptions, page: RenderedPage) -> impl IntoView + use<> {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    set_headers(&nonce);
    let assets = Assets::of(options);
    let theme = Theme::of_request();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=(theme != Theme::System).then(|| theme.into_str())>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <link rel="stylesheet" href=assets.style.clone() />
                <script type="module" nonce=nonce.clone()>
                    {loader(assets)}
                </script>
                <script type="module" nonce=nonce>
                    {ENHANCE}
                </script>
                <title>{format!("{} · LexiContract", page.title)}</title>
            </head>
            <body>
                {page.content}
            </body>
        </html>
    }
}

fn set_headers(nonce: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let Ok(policy) = HeaderValue::try_from(content_security_policy(nonce, hub().config())) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The script that hydrates the islands of a page, outer islands first. If a page has no islands, the script does not load
/// WebAssembly.
fn loader(assets: &Assets) -> String {
    format!(
        r#"const islands = document.querySelectorAll("leptos-island");
if (islands.length) {{
  try {{
    const wasm = fetch({:?});
    wasm.catch(() => {{}});
    const module = await import({:?});
    await module.default({{ module_or_path: wasm }});
    module.hydrate();
    for (const island of islands) await module[island.dataset.component]?.(island);
  }} catch (error) {{
    console.warn("The page works without its islands.", error);
  }}
}}"#,
        assets.wasm, assets.module
    )
}

pub(crate) fn stylesheet(options: &LeptosOptions) -> &'static str {
    &Assets::of(options).style
}

struct Assets {
    style: String,
    module: String,
    wasm: String,
}

impl Assets {
    fn of(options: &LeptosOptions) -> &'static Self {
        static ASSETS: OnceLock<Assets> = OnceLock::new();
        ASSETS.get_or_init(|| Self::named(options, &hash_file(options)))
    }

    /// The addresses of the asset files. `hashes` has one line per file, such as `js: 3kFqz…`.
    fn named(options: &LeptosOptions, hashes: &str) -> Self {
        let address = |extension: &str| {
            let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(kind, _)| kind.trim() == extension);
            let infix = hash.map(|(_, hash)| format!(".{}", hash.trim())).unwrap_or_default();
            format!("/{}/{}{infix}.{extension}", options.site_pkg_dir, options.output_name)
        };
        Self { style: address("css"), module: address("js"), wasm: address("wasm") }
    }
}

/// The content of the hash file in the folder of the binary. Empty if the names of the asset files contain no hashes.
fn hash_file(options: &LeptosOptions) -> String {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(options.hash_file.as_ref())));
    let text = beside.filter(|_| options.hash_files).and_then(|path| std::fs::read_to_string(path).ok());
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asset_addresses_contain_their_hashes() {
        let options = LeptosOptions::builder().output_name("lexicontract").build();
        let assets = Assets::named(&options, "css: aaa\njs: bbb\nwasm: ccc\n");
        assert_eq!(assets.style, "/pkg/lexicontract.aaa.css");
        assert_eq!(assets.module, "/pkg/lexicontract.bbb.js");
        assert_eq!(assets.wasm, "/pkg/lexicontract.ccc.wasm");
        assert_eq!(Assets::named(&options, "").wasm, "/pkg/lexicontract.wasm");
    }
}
