//! A form that was refused, on its page: with what was typed, and with the reason beside the field that it is about.

use crate::{
    flash,
    pages::request::{path, query},
    parts::form::field::Input,
    text::problem,
};
use lexicontract::domain::problem::Problem;
use std::collections::BTreeMap;

/// What is known of the refusal; of a page that no refusal led to, nothing.
#[derive(Default)]
pub(crate) struct FormState {
    problem: Option<Problem>,
    typed: BTreeMap<String, String>,
}

impl FormState {
    /// The refusal that led to this page.
    pub(crate) fn here() -> Self {
        match query("problem").and_then(|code| problem::parse(&code)) {
            Some(problem) => Self { problem: Some(problem), typed: flash::take_form_state(&path()).unwrap_or_default() },
            None => Self::default(),
        }
    }

    /// Whether a refusal led to this page.
    pub(crate) fn is_any(&self) -> bool {
        self.problem.is_some()
    }

    /// Whether it is of this kind.
    pub(crate) fn is_about(&self, kind: impl Fn(&Problem) -> bool) -> bool {
        self.problem.as_ref().is_some_and(kind)
    }

    /// What was typed into a field; nothing is as good as what the form suggests.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.typed.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// What is wrong with a field.
    pub(crate) fn error(&self, name: &str) -> Option<String> {
        let problem = self.problem.as_ref().filter(|problem| problem::field(problem) == Some(name))?;
        Some(problem::sentence(problem))
    }

    /// The input as it was filled in, with what is wrong with it.
    pub(crate) fn fill(&self, input: Input) -> Input {
        let value = self.value(&input.name).unwrap_or_else(|| input.value.clone());
        let error = self.error(&input.name);
        Input { value, error, ..input }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::problem::Invalid;

    #[test]
    fn a_field_shows_what_was_typed_and_only_its_own_fault() {
        let typed = [("name", "Grace"), ("email", "grace")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let refused = FormState { problem: Some(Invalid::Email.into()), typed: typed.into() };
        let (name, email) = (refused.fill(Input::text("name", "Name")), refused.fill(Input::email("off")));
        assert_eq!((name.value.as_str(), name.error), ("Grace", None));
        assert_eq!(email.value, "grace");
        assert!(email.error.unwrap().contains("ada@example.com"));
        assert_eq!(FormState::default().fill(Input::text("name", "Name")).error, None);
    }
}
