//! What the address of the audit log asks for.

use crate::text::next_path::escape;
use lexicontract::domain::{audit::AuditFilter, contract::timeline::ActivityKind, page::PageRequest, time::Timestamp};

/// The path of the page.
const PAGE: &str = "/settings/audit";
/// The path of the file.
const FILE: &str = "/settings/audit.csv";
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// The values of the address as they came; one that nobody knows filters nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditQuery {
    pub(crate) kind: Option<String>,
    pub(crate) person: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) cursor: Option<String>,
}

impl AuditQuery {
    /// Reads them from the query of an address.
    pub fn read(value_of: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            kind: value_of("kind"),
            person: value_of("person"),
            from: value_of("from"),
            until: value_of("until"),
            cursor: value_of("cursor"),
        }
    }

    /// What it asks the hub for. The last day counts, too.
    pub fn filter(&self) -> AuditFilter {
        AuditFilter {
            kind: self.kind.as_deref().and_then(ActivityKind::parse_audit_event),
            actor_id: self.person.as_deref().and_then(|id| id.parse().ok()),
            from: self.from.as_deref().and_then(day),
            until: self.until.as_deref().and_then(day).map(|day| Timestamp::from_millis(day.millis() + DAY_MILLIS)),
        }
    }

    pub(crate) fn page(&self) -> PageRequest {
        PageRequest::new(None, self.cursor.clone()).unwrap_or_default()
    }

    /// The address of another page of the same.
    pub(crate) fn at(&self, cursor: Option<String>) -> String {
        address(PAGE, &Self { cursor, ..self.clone() })
    }

    /// The address of the same as a file.
    pub(crate) fn csv(&self) -> String {
        address(FILE, &Self { cursor: None, ..self.clone() })
    }
}

fn address(path: &str, asked: &AuditQuery) -> String {
    let values = [
        ("kind", &asked.kind),
        ("person", &asked.person),
        ("from", &asked.from),
        ("until", &asked.until),
        ("cursor", &asked.cursor),
    ];
    let pairs: Vec<String> =
        values.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escape(value.as_deref()?)))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// The beginning of a day such as `2026-11-22`.
fn day(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}T00:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_nonsense_filters_nothing() {
        let value = |name: &str| match name {
            "from" | "until" => Some("2026-11-22".to_owned()),
            "kind" | "person" => Some("nonsense".to_owned()),
            _ => None,
        };
        let filter = AuditQuery::read(value).filter();
        let (from, until) = (filter.from.unwrap(), filter.until.unwrap());
        assert_eq!((from.to_string().as_str(), until.millis() - from.millis()), ("2026-11-22T00:00:00.000Z", DAY_MILLIS));
        assert_eq!((filter.kind, filter.actor_id), (None, None));
        assert_eq!(
            AuditQuery::read(value).csv(),
            "/settings/audit.csv?kind=nonsense&person=nonsense&from=2026-11-22&until=2026-11-22"
        );
    }
}
