use crate::domain::search_key::{SEPARATOR, search_key};

/// Sort key of contracts without a counterparty, which sorts after every name.
const NO_PARTY: &str = "\u{10ffff}";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchKeys {
    /// Search key of title, source record and counterparty. Starts with the title, so that contracts can be sorted by this key.
    pub search: String,
    /// Sort key of the counterparty.
    pub party: String,
}

impl SearchKeys {
    /// `source` and `party` are the names of the source record and the counterparty.
    pub fn new(title: &str, source: Option<&str>, party: Option<&str>) -> Self {
        let parts = [Some(title), source, party].map(|part| part.map_or_else(String::new, search_key));
        let party = party.map(search_key).filter(|key| !key.is_empty()).unwrap_or_else(|| NO_PARTY.to_owned());
        Self { search: parts.join(&SEPARATOR.to_string()), party }
    }
}
