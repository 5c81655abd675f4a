use crate::connectors::{Error, Kind};
use crate::domain::record::RecordId;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// Id of a Salesforce record in the 18-character form.
///
/// The 15-character form is case-sensitive. The 18-character form adds three characters that encode the case of the first 15
/// characters (Salesforce Help, "What are the different ID formats").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct SalesforceId(String);

const MAX_INPUT_BYTES: usize = 4_096;
const CHECKSUM_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

impl SalesforceId {
    pub const OPPORTUNITY: &'static str = "006";
    pub const ORGANIZATION: &'static str = "00D";
    pub const NOTIFICATION: &'static str = "04l";

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix)
    }

    /// Parses an id that begins with `prefix`. The key prefix of an id identifies the type of the record.
    pub fn parse_with_prefix(text: &str, prefix: &str) -> Option<Self> {
        text.parse().ok().filter(|id: &Self| id.has_prefix(prefix))
    }

    /// Finds the first id with the key prefix in user input: an id or the URL of a record page.
    pub fn find_in(pasted: &str, prefix: &str) -> Option<Self> {
        let words = pasted.get(..MAX_INPUT_BYTES).unwrap_or(pasted).split(|c: char| !c.is_ascii_alphanumeric());
        words.filter_map(|word| Self::parse_with_prefix(word, prefix)).next()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a Salesforce id of 15 or 18 characters")]
pub struct InvalidId;

impl FromStr for SalesforceId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if !matches!(text.len(), 15 | 18) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(InvalidId);
        }
        let (id, given) = text.split_at(15);
        let checksum: String = id.as_bytes().chunks(5).map(checksum_of_five).collect();
        let is_valid = given.is_empty() || given.eq_ignore_ascii_case(&checksum);
        if is_valid { Ok(Self(format!("{id}{checksum}"))) } else { Err(InvalidId) }
    }
}

fn checksum_of_five(characters: &[u8]) -> char {
    let upper_case_bits =
        characters.iter().rev().fold(0_usize, |bits, byte| (bits << 1) | usize::from(byte.is_ascii_uppercase()));
    char::from(CHECKSUM_ALPHABET[upper_case_bits])
}

impl TryFrom<String> for SalesforceId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl fmt::Display for SalesforceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SalesforceId> for RecordId {
    fn from(id: SalesforceId) -> Self {
        Self::new(id.0)
    }
}

pub(super) fn opportunity_id(id: &RecordId) -> Result<SalesforceId, Error> {
    SalesforceId::parse_with_prefix(id.as_str(), SalesforceId::OPPORTUNITY)
        .ok_or_else(|| Error::new(Kind::Refused, "not an id of an Opportunity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_of_fifteen_characters_matches_captured_ids() {
        let pairs = [
            ("00558000001N0Ke", "AAK"),
            ("70130000001tcyI", "AAQ"),
            ("a0D30000001n7Pi", "EAI"),
            ("006ak00000OQ4Rx", "AAL"),
            ("0057e00000RmwSW", "AAZ"),
            ("00Dxx0000001gPL", "EAY"),
            ("001ak00000OKNPH", "AA5"),
        ];
        for (id, checksum) in pairs {
            assert_eq!(id.parse::<SalesforceId>().unwrap().as_str(), format!("{id}{checksum}"));
        }
    }

    #[test]
    fn wrong_checksums_and_lengths_are_rejected() {
        assert!("006ak00000OQ4RxAAL".parse::<SalesforceId>().is_ok());
        for text in ["006ak00000OQ4RxAAK", "006ak00000OQ4R", "006ak00000OQ4RxA", "006ak00000OQ4Rx AL", "006ak00000OQ4RxAAL0", ""]
        {
            assert!(text.parse::<SalesforceId>().is_err(), "{text}");
        }
    }

    #[test]
    fn ids_are_found_in_record_urls() {
        let find = |text: &str| SalesforceId::find_in(text, SalesforceId::OPPORTUNITY).map(|id| id.0);
        for text in [
            "006ak00000OQ4Rx",
            "  006ak00000OQ4RxAAL ",
            "https://acme.lightning.force.com/lightning/r/Opportunity/006ak00000OQ4RxAAL/view?ws=%2Flightning%2Fr%2FAccount%2F001ak00000OKNPH%2Fview",
            "https://acme.my.salesforce.com/006ak00000OQ4Rx",
            "acme.lightning.force.com/lightning/r/006ak00000OQ4RxAAL/view",
        ] {
            assert_eq!(find(text).as_deref(), Some("006ak00000OQ4RxAAL"), "{text}");
        }
        let long = format!("{}/006ak00000OQ4Rx", "a".repeat(5_000));
        for text in ["", "006", "https://acme.lightning.force.com/lightning/r/Account/001ak00000OKNPHAA5/view", &long] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_validated_like_text() {
        let read = |json: &str| serde_json::from_str::<SalesforceId>(json);
        assert_eq!(read("\"006ak00000OQ4Rx\"").unwrap().as_str(), "006ak00000OQ4RxAAL");
        assert!(read("\"006' OR Name != '\"").is_err());
    }

    #[test]
    fn ids_that_differ_only_in_case_stay_distinct() {
        let lower = |text: &str| text.parse::<SalesforceId>().unwrap().as_str().to_lowercase();
        assert_ne!(lower("0065g00000ABcDe"), lower("0065g00000abcde"));
    }
}
