//! What the address of the list of contracts asks for.

use crate::text::next_path::escape;
use lexicontract::{
    domain::{
        contract::{NegotiationStatus, SyncStatus},
        page::PageRequest,
    },
    services::{ContractFilter, ContractSort},
};
use serde::{Deserialize, Serialize};

/// The path of the list.
const LIST: &str = "/contracts";

/// The values of the address as they came; one that nobody knows filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ContractQuery {
    pub text: Option<String>,
    pub status: Option<String>,
    pub sync: Option<String>,
    pub sort: Option<String>,
    pub cursor: Option<String>,
}

impl ContractQuery {
    /// Reads them from the query of an address.
    pub(crate) fn read(value_of: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            text: value_of("q"),
            status: value_of("status"),
            sync: value_of("sync"),
            sort: value_of("sort"),
            cursor: value_of("cursor"),
        }
    }

    /// The address that asks for the same.
    pub(crate) fn address(&self) -> String {
        let values =
            [("q", &self.text), ("status", &self.status), ("sync", &self.sync), ("sort", &self.sort), ("cursor", &self.cursor)];
        let pairs: Vec<String> =
            values.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escape(value.as_deref()?)))).collect();
        if pairs.is_empty() { LIST.to_owned() } else { format!("{LIST}?{}", pairs.join("&")) }
    }

    /// The first page with another status, or with every one.
    pub(crate) fn with_status(&self, status: Option<NegotiationStatus>) -> Self {
        Self { status: status.map(|status| status.as_str().to_owned()), cursor: None, ..self.clone() }
    }

    /// The first page in another order.
    pub(crate) fn with_sort(&self, sort: ContractSort) -> Self {
        Self { sort: Some(sort_word(sort).to_owned()), cursor: None, ..self.clone() }
    }

    /// Another page of the same list; `None` is the first.
    pub(crate) fn at(&self, cursor: Option<String>) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// Whether it asks for less than everything.
    pub(crate) fn is_filtered(&self) -> bool {
        self.text.is_some() || self.status().is_some() || self.sync().is_some()
    }

    pub(crate) fn status(&self) -> Option<NegotiationStatus> {
        self.status.as_deref().and_then(NegotiationStatus::parse)
    }

    pub(crate) fn sync(&self) -> Option<SyncStatus> {
        self.sync.as_deref().and_then(SyncStatus::parse)
    }

    pub(crate) fn sort(&self) -> ContractSort {
        let known = SORTS.into_iter().find(|sort| Some(sort_word(*sort)) == self.sort.as_deref());
        known.unwrap_or_default()
    }

    pub(crate) fn filter(&self) -> ContractFilter {
        ContractFilter {
            status: self.status(),
            sync: self.sync(),
            text: self.text.clone().filter(|text| !text.trim().is_empty()),
            sort: self.sort(),
            page: PageRequest::new(None, self.cursor.clone()).unwrap_or_default(),
        }
    }
}

/// Every order, as a form offers them.
pub(crate) const SORTS: [ContractSort; 4] =
    [ContractSort::Created, ContractSort::Updated, ContractSort::Title, ContractSort::Account];

/// The word of an order in addresses.
pub(crate) fn sort_word(sort: ContractSort) -> &'static str {
    match sort {
        ContractSort::Created => "created",
        ContractSort::Updated => "updated",
        ContractSort::Title => "title",
        ContractSort::Account => "account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_the_same_again() {
        let asked = ContractQuery {
            text: Some("a&b".to_owned()),
            status: Some("draft".to_owned()),
            sort: Some("title".to_owned()),
            ..ContractQuery::default()
        };
        assert_eq!(asked.address(), "/contracts?q=a%26b&status=draft&sort=title");
        assert_eq!(asked.with_status(None).address(), "/contracts?q=a%26b&sort=title");
        assert_eq!(ContractQuery::default().address(), "/contracts");
    }

    #[test]
    fn a_word_that_nobody_knows_filters_nothing() {
        let asked = ContractQuery::read(|name| (name != "cursor").then(|| "nonsense".to_owned()));
        let filter = asked.filter();
        assert_eq!((filter.status, filter.sync, filter.sort), (None, None, ContractSort::Created));
    }
}
