//! Forms that were submitted after the session had ended. After sign-in, the page `/unfinished` shows the saved form, and the
//! user can send or discard the form.
//!
//! A form is stored for 15 minutes in an encrypted cookie that belongs to the user whose session had ended. The browser sends the
//! cookie only to `/unfinished`. Secrets and files are never kept.

mod labels;

use crate::context::visitor;
use crate::cookies;
use crate::text::url::safe;
use http::HeaderValue;
use lexicontract::domain::ids::UserId;
use lexicontract::hub::Hub;
use lexicontract::services::SealedCookie;
use serde::{Deserialize, Serialize};

pub use cookies::SAVED_FORM_PAGE as PAGE;
pub(crate) use labels::{label_and_value, title};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedForm {
    pub action: String,
    pub back: String,
    pub fields: Vec<(String, String)>,
}

impl SavedForm {
    pub fn may_be_kept(&self) -> bool {
        title(&self.action).is_some() && safe(&self.back).is_some() && !self.fields.iter().any(|(name, _)| is_secret(name))
    }

    /// The header that sets the cookie with the form for `user`. `None` if the form must not be kept or is too long for a cookie.
    pub fn cookie(&self, hub: &Hub, user: &UserId) -> Option<HeaderValue> {
        let text = self.may_be_kept().then(|| serde_json::to_string(self))?.ok()?;
        cookies::seal(hub, SealedCookie::SavedForm { user }, &text)
    }
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name.starts_with("fields[")
}

/// The saved form of the signed-in user.
pub(crate) fn kept() -> Option<SavedForm> {
    let text = cookies::open(SealedCookie::SavedForm { user: &visitor().0?.user_id })?;
    serde_json::from_str(&text).ok().filter(SavedForm::may_be_kept)
}

pub(crate) fn discard() {
    if let Some(actor) = visitor().0 {
        cookies::delete(SealedCookie::SavedForm { user: &actor.user_id });
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
    fn forms_with_secrets_or_foreign_addresses_are_not_kept() {
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
