//! The state of a rejected form, which the page of the form shows: the submitted values, and the problem beside its field.
//!
//! The address contains the code of the problem. The values are in an encrypted cookie that belongs to one session and one page
//! and expires after a minute. The values never include a password, a key or a file.

use crate::context::{hub, visitor};
use crate::cookies::{append, seal, take as take_cookie};
use crate::pages::{path, query};
use crate::parts::Input;
use crate::text::problem;
use http::HeaderValue;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;
use lexicontract::services::{Actor, SealedCookie};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The state of the forms on a page. It is empty unless a rejected form has redirected to the page.
#[derive(Default)]
pub(crate) struct FormState {
    problem: Option<Problem>,
    values: BTreeMap<String, String>,
}

impl FormState {
    /// Returns the state for the requested page, and deletes the cookie with the values.
    pub(crate) fn take() -> Self {
        match query("problem").and_then(|code| problem::parse(&code)) {
            Some(problem) => Self { problem: Some(problem), values: take(&path()).unwrap_or_default() },
            None => Self::default(),
        }
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.problem.is_some()
    }

    pub(crate) fn is_about(&self, kind: impl Fn(&Problem) -> bool) -> bool {
        self.problem.as_ref().is_some_and(kind)
    }

    /// The submitted value of a field; `None` if the field was empty.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.values.get(name).filter(|value| !value.is_empty()).cloned()
    }

    pub(crate) fn error(&self, name: &str) -> Option<String> {
        self.problem.as_ref().filter(|problem| problem::field(problem) == Some(name)).map(problem::message)
    }

    pub(crate) fn fill(&self, input: Input) -> Input {
        let value = self.value(&input.name).unwrap_or_else(|| input.value.clone());
        Input { value, error: self.error(&input.name), ..input }
    }
}

/// Keeps the values for the page at `page`. Values that are too long for a cookie are not kept.
pub(crate) fn keep(page: &str, values: &impl Serialize) {
    append(cookie(&hub(), visitor().0.as_ref(), page, values));
}

pub fn cookie(hub: &Hub, actor: Option<&Actor>, page: &str, values: &impl Serialize) -> Option<HeaderValue> {
    let session = actor.map(|actor| &actor.via);
    seal(hub, SealedCookie::FormState { session, page }, &serde_json::to_string(values).ok()?)
}

/// Returns the values that were kept for the page at `page`, and deletes their cookie.
pub(crate) fn take<T: DeserializeOwned>(page: &str) -> Option<T> {
    let visitor = visitor().0;
    let session = visitor.as_ref().map(|actor| &actor.via);
    serde_json::from_str(&take_cookie(SealedCookie::FormState { session, page })?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::problem::Invalid;

    #[test]
    fn a_field_shows_its_submitted_value_and_only_its_own_error() {
        let values = [("name", "Grace"), ("email", "grace")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let rejected = FormState { problem: Some(Invalid::Email.into()), values: values.into() };
        let (name, email) = (rejected.fill(Input::text("name", "Name")), rejected.fill(Input::email("off")));
        assert_eq!((name.value.as_str(), name.error), ("Grace", None), "value and error of the name");
        assert_eq!(email.value, "grace");
        assert!(email.error.unwrap().contains("ada@example.com"));
        assert_eq!(FormState::default().fill(Input::text("name", "Name")).error, None);
    }
}
