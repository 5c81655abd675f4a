//! Webhook that the Apex trigger of the setup package calls.

use super::id::SalesforceId;
use crate::connectors::webhook::{BodyFormat, Reply, WebhookCall, WebhookSpec};
use crate::domain::connection::SecretPurpose;
use crate::domain::problem::{Invalid, Problem};
use crate::domain::record::RecordRef;
use serde::Deserialize;
use serde_json::Value;

const EXPECTED: &str =
    "Send `OrganizationId` (`00D…`) and either `OpportunityId` (`006…`) or `OpportunityIds` with 1 to 200 of them.";
/// Maximum number of ids in a request. Equals the batch size of an Apex trigger.
const MAX_OPPORTUNITIES: usize = 200;

pub(super) const WEBHOOK: WebhookSpec = WebhookSpec {
    name: "webhook",
    title: "Webhook call",
    about: "The Apex trigger of the setup package, or a Flow with an HTTP Callout action, calls the webhook address within seconds. The \
            package also adds a panel to the Opportunity.",
    secret: SecretPurpose::Webhook,
    body: BodyFormat::Json,
    max_body_bytes: 64 * 1024,
    parse,
    reply: Reply::Receipts,
    applies_rule: false,
    summary: "Salesforce reported the Opportunity",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    organization_id: SalesforceId,
    opportunity_id: Option<SalesforceId>,
    opportunity_ids: Option<Vec<SalesforceId>>,
}

fn parse(body: &[u8]) -> Result<WebhookCall, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Problem::InvalidJson)?;
    let body = Some(value).filter(Value::is_object).and_then(|value| Body::deserialize(value).ok());
    body.and_then(Body::into_call).ok_or_else(|| Invalid::WebhookBody(EXPECTED).into())
}

impl Body {
    fn into_call(self) -> Option<WebhookCall> {
        let (is_batch, ids) = match (self.opportunity_id, self.opportunity_ids) {
            (Some(id), None) => (false, vec![id]),
            (None, Some(ids)) => (true, ids),
            _ => return None,
        };
        let is_valid = self.organization_id.has_prefix(SalesforceId::ORGANIZATION)
            && ids.iter().all(|id| id.has_prefix(SalesforceId::OPPORTUNITY))
            && (1..=MAX_OPPORTUNITIES).contains(&ids.len());
        let events = ids.into_iter().map(|id| RecordRef::deal(id.into()).into()).collect();
        is_valid.then(|| WebhookCall { account_id: self.organization_id.to_string(), events, is_batch })
    }
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
        assert_eq!((many.is_batch, many.events.len()), (true, 2));
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
