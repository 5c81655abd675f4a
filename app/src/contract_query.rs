use crate::text::url::with_query;
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::page::PageRequest;
use lexicontract::services::{ContractFilter, ContractSort};
use serde::{Deserialize, Serialize};

const NAMES: [&str; 6] = ["q", "status", "sync", "attention", "sort", "cursor"];

/// The query parameters of the contract list. A filter with an unknown value is ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ContractQuery {
    pub text: Option<String>,
    pub status: Option<String>,
    pub sync: Option<String>,
    pub attention: Option<String>,
    pub sort: Option<String>,
    pub cursor: Option<String>,
}

impl ContractQuery {
    pub(crate) fn read(value_of: impl Fn(&str) -> Option<String>) -> Self {
        let [text, status, sync, attention, sort, cursor] = NAMES.map(value_of);
        Self { text, status, sync, attention, sort, cursor }
    }

    pub(crate) fn address(&self) -> String {
        let Self { text, status, sync, attention, sort, cursor } = self;
        with_query("/contracts", NAMES.into_iter().zip([text, status, sync, attention, sort, cursor].map(Option::as_deref)))
    }

    /// The query for the first page of the contracts with this status. `None` selects every status.
    pub(crate) fn with_status(&self, status: Option<NegotiationStatus>) -> Self {
        Self { status: status.map(|status| status.into_str().to_owned()), cursor: None, ..self.clone() }
    }

    pub(crate) fn with_sort(&self, sort: ContractSort) -> Self {
        Self { sort: Some(sort_value(sort).to_owned()), cursor: None, ..self.clone() }
    }

    /// The query of the list page at `cursor`, with the filters of this query. `None` selects the first page.
    pub(crate) fn at(&self, cursor: Option<String>) -> Self {
        Self { cursor, ..self.clone() }
    }

    pub(crate) fn status(&self) -> Option<NegotiationStatus> {
        self.status.as_deref()?.parse().ok()
    }

    pub(crate) fn sync(&self) -> Option<SyncStatus> {
        self.sync.as_deref()?.parse().ok()
    }

    pub(crate) fn attention(&self) -> Option<Attention> {
        self.attention.as_deref()?.parse().ok()
    }

    pub(crate) fn sort(&self) -> ContractSort {
        SORTS.into_iter().find(|(_, value, _)| Some(*value) == self.sort.as_deref()).map(|(sort, ..)| sort).unwrap_or_default()
    }

    pub(crate) fn filter(&self) -> ContractFilter {
        ContractFilter {
            status: self.status(),
            sync: self.sync(),
            attention: self.attention(),
            text: self.text.clone().filter(|text| !text.trim().is_empty()),
            sort: self.sort(),
            page: PageRequest::at(self.cursor.clone()),
        }
    }
}

/// Each sort order, its value in addresses, and its label.
pub(crate) const SORTS: [(ContractSort, &str, &str); 4] = [
    (ContractSort::Created, "created", "Newest"),
    (ContractSort::Updated, "updated", "Last changed"),
    (ContractSort::Title, "title", "Title"),
    (ContractSort::Account, "account", "Account"),
];

pub(crate) fn sort_value(sort: ContractSort) -> &'static str {
    SORTS.into_iter().find(|(known, ..)| *known == sort).map_or("created", |(_, value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_contains_every_parameter() {
        let query = ContractQuery {
            text: Some("a&b".to_owned()),
            status: Some("draft".to_owned()),
            attention: Some("needs_file".to_owned()),
            sort: Some("title".to_owned()),
            ..ContractQuery::default()
        };
        assert_eq!(query.address(), "/contracts?q=a%26b&status=draft&attention=needs_file&sort=title");
        assert_eq!(query.with_status(None).address(), "/contracts?q=a%26b&attention=needs_file&sort=title");
        assert_eq!(ContractQuery::default().address(), "/contracts");
    }

    #[test]
    fn unknown_values_do_not_filter() {
        let query = ContractQuery::read(|name| (name != "cursor").then(|| "nonsense".to_owned()));
        let filter = query.filter();
        assert_eq!(
            (filter.status, filter.sync, filter.attention, filter.sort),
            (None, None, None, ContractSort::Created),
            "status, write-back, attention and order"
        );
    }
}
