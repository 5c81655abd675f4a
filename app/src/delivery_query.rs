//! The selection of deliveries in the address and the form of a connection's page.

use crate::text::url::{escape, with_query};
use lexicontract::domain::delivery::DeliveryFilter;
use lexicontract::domain::problem::Invalid;
use lexicontract::domain::time::Timestamp;
use lexicontract::services::ReceivedRange;

/// The form fields that select deliveries. An empty text selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeliveryQuery {
    pub(crate) status: String,
    /// A day, such as `2026-11-30`.
    pub(crate) since: String,
}

impl DeliveryQuery {
    pub(crate) fn read(query: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name| query(name).unwrap_or_default();
        Self { status: value("status"), since: value("since") }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn address(&self, connection: &str, cursor: Option<&str>) -> String {
        let given = |value: &'_ str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let (status, since) = (given(&self.status), given(&self.since));
        let parameters = [("status", status.as_deref()), ("since", since.as_deref()), ("cursor", cursor)];
        with_query(&format!("/integrations/{}", escape(connection)), parameters)
    }

    /// # Errors
    /// [`Invalid::Since`] if the day cannot be read.
    pub(crate) fn since(&self) -> Result<Option<Timestamp>, Invalid> {
        let since = Some(&self.since).filter(|day| !day.is_empty());
        since.map(|day| Timestamp::parse(&format!("{day}T00:00:00Z")).ok_or(Invalid::Since)).transpose()
    }

    /// Ignores values that cannot be read, because only a changed address contains them.
    pub(crate) fn filter(&self) -> DeliveryFilter {
        DeliveryFilter { status: self.status.parse().ok(), since: self.since().unwrap_or_default() }
    }

    pub(crate) fn range(&self) -> ReceivedRange {
        ReceivedRange { since: self.since().unwrap_or_default(), until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::delivery::DeliveryStatus;

    #[test]
    fn selection_becomes_an_address_and_a_filter() {
        let selection = DeliveryQuery { status: "failed".to_owned(), since: "2026-11-01".to_owned() };
        assert_eq!(selection.address("con_1", Some("dlv_1")), "/integrations/con_1?status=failed&since=2026-11-01&cursor=dlv_1");
        let since = Timestamp::parse("2026-11-01T00:00:00Z");
        assert_eq!(selection.filter(), DeliveryFilter { status: Some(DeliveryStatus::Failed), since });
        assert_eq!(selection.range(), ReceivedRange { since, until: None });
        assert_eq!(DeliveryQuery::default().address("con_1", None), "/integrations/con_1");
        let wrong = DeliveryQuery { status: "lost".to_owned(), since: "yesterday".to_owned() };
        assert_eq!((wrong.filter(), wrong.since()), (DeliveryFilter::default(), Err(Invalid::Since)));
    }
}
