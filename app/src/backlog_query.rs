//! The criteria that select older deals. A page reads them from its URL and shows them in its form.

use crate::text::url::{escape, with_query};
use lexicontract::domain::problem::Invalid;
use lexicontract::domain::time::Timestamp;
use lexicontract::services::BacklogFilter;

/// The form fields that select deals. An empty text selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BacklogQuery {
    pub(crate) stage: String,
    pub(crate) record_type: String,
    /// A day, such as `2026-11-30`.
    pub(crate) since: String,
}

impl BacklogQuery {
    pub(crate) fn read(query: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name| query(name).unwrap_or_default();
        Self { stage: value("stage"), record_type: value("record_type"), since: value("since") }
    }

    pub(crate) fn address(&self, connection: &str) -> String {
        let parameters = [("stage", &self.stage), ("record_type", &self.record_type), ("since", &self.since)];
        let parameters = parameters.map(|(name, value)| (name, Some(value.as_str()).filter(|value| !value.is_empty())));
        with_query(&format!("/integrations/{}/backlog", escape(connection)), parameters)
    }

    /// # Errors
    /// [`Invalid::Since`] if the day cannot be read.
    pub(crate) fn filter(&self) -> Result<BacklogFilter, Invalid> {
        let given = |value: &String| Some(value.clone()).filter(|value| !value.is_empty()).into_iter().collect();
        let since = Some(&self.since).filter(|day| !day.is_empty());
        Ok(BacklogFilter {
            stages: given(&self.stage),
            record_types: given(&self.record_type),
            since: since.map(|day| Timestamp::parse(&format!("{day}T00:00:00Z")).ok_or(Invalid::Since)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_becomes_an_address_and_a_filter() {
        let selection = BacklogQuery { stage: "A&B".to_owned(), since: "2026-11-01".to_owned(), ..BacklogQuery::default() };
        assert_eq!(selection.address("con_1"), "/integrations/con_1/backlog?stage=A%26B&since=2026-11-01");
        let filter = selection.filter().unwrap();
        assert_eq!((filter.stages, filter.record_types), (vec!["A&B".to_owned()], Vec::new()));
        assert_eq!(filter.since.unwrap().to_string(), "2026-11-01T00:00:00.000Z");
        assert!(BacklogQuery { since: "yesterday".to_owned(), ..BacklogQuery::default() }.filter().is_err());
    }
}
