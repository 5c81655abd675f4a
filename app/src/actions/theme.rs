//! Light, dark, or what the system says.

use super::ending::end;
use crate::{Fault, theme::Theme, words::next_path::safe};
use http::header::SET_COOKIE;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// Keeps the choice in the browser.
///
/// # Errors
/// None: an unknown choice is the system's.
#[server(prefix = "/actions", endpoint = "set_theme")]
pub async fn set_theme(#[server(default)] theme: String, #[server(default)] next: String) -> Result<(), Fault> {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(SET_COOKIE, Theme::parse(&theme).cookie());
    }
    end(Ok(()), |()| safe(&next).unwrap_or("/integrations").to_owned(), "/integrations")
}
