//! The cookie that binds the OAuth flow of a connect link to the visitor's browser.
//!
//! The visitor has no session. The cookie contains the link's token and a random secret of the browser. It is set for the three
//! paths that need it: the page of the link, the action that starts the flow, and the provider's callback.

use crate::context::hub;
use crate::cookies::{append, find, open, seal};
use crate::text::url::escape;
use http::HeaderMap;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::connect_link::ConnectLink;
use lexicontract::hub::{self, Hub};
use lexicontract::random::new_secret;
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, CONNECT_LINK_PAGE, SealedCookie, callback_path};

/// The page for visitors whose flow belongs to no link that their browser knows.
pub const LOST_PAGE: &str = "/connect";
pub(crate) const ACTION: &str = "/actions/start_connect_link";

pub fn page(token: &str) -> String {
    format!("{CONNECT_LINK_PAGE}{}", escape(token))
}

/// The content of the cookie.
pub struct LinkBrowser {
    pub token: String,
    pub secret: Secret<String>,
}

impl LinkBrowser {
    fn parse(text: &str) -> Option<Self> {
        let (token, secret) = text.split_once(' ')?;
        Some(Self { token: token.to_owned(), secret: Secret::from(secret) })
    }
}

/// The browser that sent the callback of a provider; `None` if no connect link was opened in it recently.
pub fn of_callback(hub: &Hub, headers: &HeaderMap, slug: &str) -> Option<LinkBrowser> {
    LinkBrowser::parse(&find(hub, headers, SealedCookie::ConnectLink { path: &callback_path(slug) })?)
}

/// The secret of this browser for a link, from the cookie for the requested path; `None` if the browser has none yet.
pub(crate) fn secret_at(path: &str, token: &str) -> Option<Secret<String>> {
    let browser = LinkBrowser::parse(&open(SealedCookie::ConnectLink { path })?)?;
    (browser.token == token).then_some(browser.secret)
}

pub(crate) fn new_browser() -> Secret<String> {
    new_secret("")
}

/// Sets the cookie for all paths. `token` must be the token of an existing link, because it becomes part of a path.
pub(crate) fn keep(token: &str, slug: &str, secret: &Secret<String>) {
    let value = format!("{token} {}", secret.expose());
    for path in [page(token), ACTION.to_owned(), callback_path(slug)] {
        append(seal(&hub(), SealedCookie::ConnectLink { path: &path }, &value));
    }
}

/// The open links of the organization, for admins; empty for other users.
pub(crate) async fn open_links(hub: &Hub, actor: &Actor) -> hub::Result<Vec<ConnectLink>> {
    if actor.role >= Role::Admin { hub.connect_links(actor).await } else { Ok(Vec::new()) }
}
