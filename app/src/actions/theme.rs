//! Light, dark, or what the system says.

use super::ending::end;
use crate::{Fault, cookies::append, text::next_path::safe, theme::Theme};
use leptos::prelude::*;

/// Keeps the choice in the browser.
///
/// # Errors
/// None: an unknown choice changes nothing.
#[server(prefix = "/actions", endpoint = "set_theme")]
pub async fn set_theme(#[server(default)] theme: String, #[server(default)] next: String) -> Result<(), Fault> {
    append(Theme::parse(&theme).map(Theme::cookie));
    end(Ok(()), |()| safe(&next).unwrap_or("/integrations").to_owned(), "/integrations")
}
