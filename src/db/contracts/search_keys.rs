//! The columns of contracts that hold search keys.

use crate::domain::search_key::{SEPARATOR, search_key};

/// Sorts behind every party.
const NO_PARTY: &str = "\u{10ffff}";

/// What a contract is searched and sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchKeys {
    /// Title, source and party. The title comes first, so it also decides the order.
    pub search: String,
    /// The party's name; contracts without one come last.
    pub party: String,
}

impl SearchKeys {
    /// The keys of a contract with this title, whose source has this name and party.
    pub fn new(title: &str, source: Option<&str>, party: Option<&str>) -> Self {
        let parts = [Some(title), source, party].map(|part| part.map_or_else(String::new, search_key));
        let party = party.map(search_key).filter(|key| !key.is_empty()).unwrap_or_else(|| NO_PARTY.to_owned());
        Self { search: parts.join(&SEPARATOR.to_string()), party }
    }
}
