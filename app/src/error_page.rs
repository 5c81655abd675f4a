//! The page for what went wrong before, or outside of, any page: a fault of ours, a database that does not answer.

use crate::{
    parts::{
        form::button::{Look, link},
        layout::{
            frame::{alone, panel},
            row,
        },
    },
    shell::stylesheet,
    text::problem::sentence,
};
use leptos::{config::LeptosOptions, prelude::*};
use lexicontract::domain::problem::Problem;

/// The policy of the page: it has no script.
pub const ERROR_PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The whole document.
pub fn error_page(options: &LeptosOptions, problem: &Problem, again: &str) -> String {
    let (title, text, style) = (problem.title(), sentence(problem), stylesheet(options));
    let buttons = row((link("Try again", again, Look::Primary), link("Go to Integrations", "/integrations", Look::Secondary)));
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
                <body>{alone(panel(title, text, buttons), ().into_any())}</body>
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
    fn it_says_what_happened_and_where_to_go() {
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
