//! Forms that were sent after the session had ended: kept in the browser for a quarter of an hour, and shown again after the
//! sign-in, so that no one types anything twice.
//!
//! They travel in a sealed cookie that belongs to the user whose session had ended, and that only the page which shows them receives.
//! Secrets and files are never kept. Nothing is sent automatically: the user sees what it is, and sends or discards it.

use crate::{
    context::visitor,
    cookies,
    text::{next_path::safe, saved_form::title},
};
use http::HeaderValue;
use lexicontract::{domain::ids::UserId, hub::Hub, services::SealedCookie};
use serde::{Deserialize, Serialize};

pub use cookies::SAVED_FORM_PAGE as PAGE;

/// A form that was not sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedForm {
    /// Where it was to go, such as `/actions/invite_user`.
    pub action: String,
    /// The page that it was on.
    pub back: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
}

impl SavedForm {
    /// Whether it may be kept.
    pub fn may_be_kept(&self) -> bool {
        title(&self.action).is_some() && safe(&self.back).is_some() && !self.fields.iter().any(|(name, _)| is_secret(name))
    }

    /// The header that keeps it for its user; `None` when it may not be kept, or is too long.
    pub fn cookie(&self, hub: &Hub, user: &UserId) -> Option<HeaderValue> {
        let text = self.may_be_kept().then(|| serde_json::to_string(self))?.ok()?;
        cookies::seal(hub, SealedCookie::SavedForm { user }, &text)
    }
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name.starts_with("fields[")
}

/// What the browser keeps for the user who is signed in.
pub(crate) fn kept() -> Option<SavedForm> {
    let text = cookies::open(SealedCookie::SavedForm { user: &visitor().0?.user_id })?;
    serde_json::from_str(&text).ok().filter(SavedForm::may_be_kept)
}

/// Erases it.
pub(crate) fn discard() {
    if let Some(actor) = visitor().0 {
        cookies::end(SealedCookie::SavedForm { user: &actor.user_id });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(action: &str, back: &str, fields: &[(&str, &str)]) -> SavedForm {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        SavedForm { action: action.to_owned(), back: back.to_owned(), fields }
    }

    #[test]
    fn secrets_and_ways_to_other_sites_are_not_kept() {
        assert!(form("/actions/invite_user", "/team?cursor=1", &[("name", "Grace")]).may_be_kept());
        for (action, back, field) in [
            ("/actions/connect", "/team", "fields[api_key]"),
            ("/actions/change_password", "/account", "name"),
            ("/actions/invite_user", "/team", "current_password"),
            ("https://evil.example", "/team", "name"),
            ("/actions/invite_user", "//evil.example", "name"),
        ] {
            assert!(!form(action, back, &[(field, "x")]).may_be_kept(), "{action} {back} {field}");
        }
    }
}
