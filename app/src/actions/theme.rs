use super::outcome::respond;
use crate::Fault;
use crate::cookies::append;
use crate::text::url::safe;
use crate::theme::Theme;
use leptos::prelude::*;

/// Stores the appearance in a cookie. An unknown value changes nothing.
#[server(prefix = "/actions", endpoint = "set_theme")]
pub async fn set_theme(#[server(default)] theme: String, #[server(default)] next: String) -> Result<(), Fault> {
    append(theme.parse::<Theme>().ok().map(Theme::cookie));
    respond(Ok(()), |()| safe(&next).unwrap_or("/integrations").to_owned(), "/integrations")
}
