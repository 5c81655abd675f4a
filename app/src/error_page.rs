use crate::parts::{Look, centered_page, link_button, panel, row};
use crate::shell::stylesheet;
use crate::text::problem::message;
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use lexicontract::domain::problem::Problem;

/// The content security policy of the error page, which has no scripts.
pub const ERROR_PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The HTML document for a failure before a page is rendered, such as an unavailable database. `again` is the address of the
/// button `Try again`.
pub fn error_page(options: &LeptosOptions, problem: &Problem, again: &str) -> String {
    let (title, text, style) = (problem.title(), message(problem), stylesheet(options));
    let buttons = row((
        link_button("Try again", again, Look::Primary),
        link_button("Go to Integrations", "/integrations", Look::Secondary),
    ));
    let document = Owner::new().with(|| {
        view! {
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{format!("{title} · LexiContract")}</title>
                    <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                    <link rel="stylesheet" href=style />
                </head>
                <body>{centered_page(panel(title, text, buttons), ())}</body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{document}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_page_has_title_and_links() {
        let options = LeptosOptions::builder().output_name("lexicontract").build();
        let page = error_page(&options, &Problem::Unavailable, "/contracts");
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
        for part in
            ["<title>Temporarily unavailable · LexiContract</title>", "href=\"/contracts\"", "href=\"/integrations\"", ".css\""]
        {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
        assert!(!page.contains("<script"));
    }
}
