//! Request body of the webhook. The Apex trigger in the setup package sends it.

use super::id::SalesforceId;
use crate::{
    connectors::webhook::{WebhookCall, WebhookSpec},
    domain::{
        connection::record::RecordRef,
        problem::{Invalid, Problem},
    },
};
use serde_json::{Map, Value};

const EXPECTED: &str =
    "Send `OrganizationId` (`00D…`) and either `OpportunityId` (`006…`) or `OpportunityIds` with 1 to 200 of them.";
/// Maximum number of Opportunities in one request. Equals the batch size of an Apex trigger.
const MAX_OPPORTUNITIES: usize = 200;

pub(super) const WEBHOOK: WebhookSpec = WebhookSpec { name: "webhook", parse, summary: "Salesforce reported the Opportunity" };

fn parse(body: &[u8]) -> Result<WebhookCall, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Problem::InvalidJson)?;
    from_object(&value).ok_or_else(|| Invalid::WebhookBody(EXPECTED).into())
}

fn from_object(value: &Value) -> Option<WebhookCall> {
    let object = value.as_object()?;
    let organization = salesforce_id(present(object, "OrganizationId")?, SalesforceId::ORGANIZATION)?;
    let (is_batch, ids) = match (present(object, "OpportunityId"), present(object, "OpportunityIds")) {
        (Some(id), None) => (false, std::slice::from_ref(id)),
        (None, Some(ids)) => (true, ids.as_array()?.as_slice()),
        _ => return None,
    };
    if !(1..=MAX_OPPORTUNITIES).contains(&ids.len()) {
        return None;
    }
    let record = |id| Some(RecordRef::deal(salesforce_id(id, SalesforceId::OPPORTUNITY)?.into()));
    let records: Option<Vec<_>> = ids.iter().map(record).collect();
    Some(WebhookCall { account_id: organization.to_string(), records: records?, is_batch })
}

/// Returns the value of a key. `null` counts as a missing value.
fn present<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.get(key).filter(|value| !value.is_null())
}

fn salesforce_id(value: &Value, prefix: &str) -> Option<SalesforceId> {
    SalesforceId::parse_with_prefix(value.as_str()?, prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<WebhookCall, Problem> {
        super::parse(body.as_bytes())
    }

    #[test]
    fn single_and_batch_bodies_are_parsed_and_extra_keys_ignored() {
        let one = parse(r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityId":"006ak00000OQ4Rx","Extra":{}}"#).unwrap();
        assert_eq!((one.is_batch, one.account_id.as_str()), (false, "00Dxx0000001gPLEAY"));
        let many = parse(r#"{"OrganizationId":"00Dxx0000001gPLEAY","OpportunityIds":["006ak00000OQ4Rx","006ak00000OQ4RxAAL"],"OpportunityId":null}"#).unwrap();
        assert_eq!((many.is_batch, many.records.len()), (true, 2));
    }

    #[test]
    fn invalid_json_and_unexpected_bodies_are_distinct_errors() {
        for body in ["", "{", "nonsense", "{} trailing", "\u{feff}{}"] {
            assert_eq!(parse(body), Err(Problem::InvalidJson), "{body}");
        }
        let too_many = format!(
            r#"{{"OrganizationId":"00Dxx0000001gPL","OpportunityIds":[{}]}}"#,
            vec![r#""006ak00000OQ4Rx""#; 201].join(",")
        );
        let bodies = [
            "[]",
            "null",
            "{}",
            r#"{"OrganizationId":"00Dxx0000001gPL"}"#,
            r#"{"OpportunityId":"006ak00000OQ4Rx"}"#,
            r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityId":"001ak00000OKNPH"}"#,
            r#"{"OrganizationId":"006ak00000OQ4Rx","OpportunityId":"006ak00000OQ4Rx"}"#,
            r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityId":42}"#,
            r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityId":"006ak00000OQ4RxAAK"}"#,
            r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityIds":[]}"#,
            r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityIds":"006ak00000OQ4Rx"}"#,
            r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityId":"006ak00000OQ4Rx","OpportunityIds":["006ak00000OQ4Rx"]}"#,
            too_many.as_str(),
        ];
        for body in bodies {
            assert_eq!(parse(body), Err(Invalid::WebhookBody(EXPECTED).into()), "{body}");
        }
    }
}
