//! Forms that were sent after the session had ended: kept in the browser for a quarter of an hour, and shown again after the
//! sign-in, so that nobody types anything twice.
//!
//! They travel in a cookie that no script can read and that only the page which shows them gets. Secrets and files are never
//! kept. Nothing is sent by itself: whoever signs in sees what it is, and sends or discards it.

use crate::{
    context::{hub, with_headers},
    session,
    words::{
        next_path::{escape, safe, unescape},
        unfinished::title,
    },
};
use http::{HeaderValue, header::SET_COOKIE};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use lexicontract::config::Config;

/// The page that shows what was not sent.
pub const PAGE: &str = "/unfinished";

const NAME: &str = "lexicontract_unfinished";
const MAX_AGE_SECONDS: u32 = 15 * 60;
/// Browsers keep no longer cookies.
const LONGEST: usize = 3_800;

/// A form that was not sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// Where it was to go, such as `/actions/invite_user`.
    pub action: String,
    /// The page that it was on.
    pub back: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
}

impl Unfinished {
    /// The header that keeps it; `None` when it may not be kept, or is too long.
    pub fn cookie(&self, config: &Config) -> Option<HeaderValue> {
        let is_kept = title(&self.action).is_some() && !self.fields.iter().any(|(name, _)| is_secret(name));
        let value = self.to_text();
        (is_kept && value.len() <= LONGEST).then(|| session::cookie(config, NAME, &value, PAGE, MAX_AGE_SECONDS))
    }

    fn to_text(&self) -> String {
        let fields = self.fields.iter().map(|(name, value)| format!("&{}={}", escape(name), escape(value)));
        format!("{}&{}{}", escape(&self.action), escape(&self.back), fields.collect::<String>())
    }

    /// What was kept, as far as it makes sense: an action that nobody keeps, or a way back to another site, does not.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('&');
        let (action, back) = (unescape(parts.next()?)?, unescape(parts.next()?)?);
        let field = |part: &str| {
            let (name, value) = part.split_once('=')?;
            Some((unescape(name)?, unescape(value)?))
        };
        let fields = parts.map(field).collect::<Option<Vec<_>>>()?;
        (title(&action).is_some() && safe(&back).is_some()).then_some(Self { action, back, fields })
    }
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name.starts_with("fields[")
}

/// What the browser keeps.
pub(crate) fn kept() -> Option<Unfinished> {
    Unfinished::parse(&with_headers(|headers| session::value_of(headers, NAME))?)
}

/// Erases it.
pub(crate) fn discard() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(SET_COOKIE, session::cookie(hub().config(), NAME, "", PAGE, 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(action: &str, fields: &[(&str, &str)]) -> Unfinished {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Unfinished { action: action.to_owned(), back: "/team?cursor=1".to_owned(), fields }
    }

    fn config() -> Config {
        let pairs = [("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")];
        Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())).unwrap()
    }

    #[test]
    fn a_form_comes_back_as_it_was() {
        let form = form("/actions/invite_user", &[("name", "Grace & Söhne = ☕"), ("role", "member"), ("email", "")]);
        assert_eq!(Unfinished::parse(&form.to_text()), Some(form));
    }

    #[test]
    fn secrets_and_what_would_be_cut_are_not_kept() {
        let config = config();
        assert!(form("/actions/invite_user", &[("name", "Grace")]).cookie(&config).is_some());
        assert!(form("/actions/connect", &[("fields[api_key]", "k")]).cookie(&config).is_none());
        assert!(form("/actions/change_password", &[]).cookie(&config).is_none());
        assert!(form("/actions/invite_user", &[("current_password", "x")]).cookie(&config).is_none());
        assert!(form("/actions/invite_user", &[("name", &"x".repeat(LONGEST))]).cookie(&config).is_none());
    }

    #[test]
    fn a_planted_cookie_leads_nowhere_else() {
        for text in ["", "x", "https%3A%2F%2Fevil.example&%2Fteam", "%2Factions%2Finvite_user&%2F%2Fevil.example", "%&%"] {
            assert_eq!(Unfinished::parse(text), None, "{text}");
        }
    }
}
