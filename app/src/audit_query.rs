use crate::text::url::with_query;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::time::Timestamp;

const NAMES: [&str; 5] = ["kind", "person", "from", "until", "cursor"];
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// The query parameters of the audit log. A filter with an unknown value is ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditQuery {
    pub(crate) kind: Option<String>,
    pub(crate) person: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) cursor: Option<String>,
}

impl AuditQuery {
    pub fn read(value_of: impl Fn(&str) -> Option<String>) -> Self {
        let [kind, person, from, until, cursor] = NAMES.map(value_of);
        Self { kind, person, from, until, cursor }
    }

    /// Converts the query parameters to the hub's filter. The filter includes the whole day `until`.
    pub fn filter(&self) -> AuditFilter {
        AuditFilter {
            kind: self.kind.as_deref().and_then(ActivityKind::parse_audit_event),
            actor_id: self.person.as_deref().and_then(|id| id.parse().ok()),
            from: self.from.as_deref().and_then(day),
            until: self.until.as_deref().and_then(day).map(|day| Timestamp::from_millis(day.millis() + DAY_MILLIS)),
        }
    }

    /// The address of the list page at `cursor`, with the filters of this query. `None` selects the first page.
    pub(crate) fn at(&self, cursor: Option<&str>) -> String {
        self.address("/settings/audit", cursor)
    }

    pub(crate) fn csv(&self) -> String {
        self.address("/settings/audit.csv", None)
    }

    fn address(&self, path: &str, cursor: Option<&str>) -> String {
        let [kind, person, from, until] = [&self.kind, &self.person, &self.from, &self.until].map(Option::as_deref);
        with_query(path, NAMES.into_iter().zip([kind, person, from, until, cursor]))
    }
}

/// The start of a day such as `2026-11-22`, in UTC.
fn day(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}T00:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_includes_its_day_and_unknown_values_do_not_filter() {
        let value = |name: &str| match name {
            "from" | "until" => Some("2026-11-22".to_owned()),
            "kind" | "person" => Some("nonsense".to_owned()),
            _ => None,
        };
        let filter = AuditQuery::read(value).filter();
        let (from, until) = (filter.from.unwrap(), filter.until.unwrap());
        assert_eq!(from.to_string(), "2026-11-22T00:00:00.000Z");
        assert_eq!(until.millis() - from.millis(), DAY_MILLIS);
        assert_eq!((filter.kind, filter.actor_id), (None, None), "kind and person");
        assert_eq!(
            AuditQuery::read(value).csv(),
            "/settings/audit.csv?kind=nonsense&person=nonsense&from=2026-11-22&until=2026-11-22"
        );
    }
}
