//! The webhook: who calls, what the call says, and the durable delivery that follows.

use crate::{
    domain::{
        delivery::Receipt,
        ids::{ConnectionId, OrganizationId},
        opportunity::SalesforceId,
        problem::{Invalid, Problem},
    },
    hub::{Hub, Result},
    secret::Secret,
};
use serde_json::{Map, Value};
use std::time::Duration;

/// Where Salesforce calls.
pub const WEBHOOK_PATH: &str = "/api/v1/integrations/salesforce/webhook";
/// The most Opportunities of one call: what an Apex trigger gets at once.
const MAX_OPPORTUNITIES: usize = 200;
/// The use of a secret is noted to the minute.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// The connection a webhook secret belongs to.
#[derive(Clone, Debug)]
pub struct WebhookCaller {
    /// Its organization.
    pub organization_id: OrganizationId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The Salesforce org it is connected to, 18 characters.
    pub external_account_id: String,
    /// Whether an admin has left it switched on.
    pub is_enabled: bool,
    /// Whether the secret alone is not enough.
    pub requires_signature: bool,
    /// The digest of its secret, when its use is to be noted with the next delivery.
    pub(super) secret_to_note: Option<String>,
}

/// A call of the webhook, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    /// The Salesforce org that calls.
    pub organization: SalesforceId,
    /// The Opportunities, 1 to 200, in the order of the call.
    pub opportunities: Vec<SalesforceId>,
    /// Whether the call used `OpportunityIds`, which decides the form of the answer.
    pub is_batch: bool,
}

impl WebhookCall {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Problem::InvalidJson`], or `Invalid::WebhookBody` for JSON that says something else.
    pub fn parse(body: &[u8]) -> std::result::Result<Self, Problem> {
        let value: Value = serde_json::from_slice(body).map_err(|_| Problem::InvalidJson)?;
        Self::from_object(&value).ok_or_else(|| Invalid::WebhookBody.into())
    }

    fn from_object(value: &Value) -> Option<Self> {
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
        let opportunities: Option<Vec<_>> = ids.iter().map(|id| salesforce_id(id, SalesforceId::OPPORTUNITY)).collect();
        Some(Self { organization, opportunities: opportunities?, is_batch })
    }
}

/// A key's value; `null` counts as absent.
fn present<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.get(key).filter(|value| !value.is_null())
}

fn salesforce_id(value: &Value, prefix: &str) -> Option<SalesforceId> {
    SalesforceId::parse_with_prefix(value.as_str()?, prefix)
}

impl Hub {
    /// Whose secret it is; `None` for unknown, expired and disconnected ones.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn webhook_caller(&self, secret: &Secret<String>) -> Result<Option<WebhookCaller>> {
        let now = self.clock().now();
        // A look-up by a keyed digest compares nothing that a caller could learn from by the time it takes.
        let Some(row) = self.callers.find(self.webhook_digest(secret)).await? else { return Ok(None) };
        let is_due = row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_EVERY);
        Ok(Some(WebhookCaller {
            organization_id: row.organization_id,
            connection_id: row.connection_id,
            external_account_id: row.external_account_id,
            is_enabled: row.is_enabled,
            requires_signature: row.metadata.settings.requires_signature(),
            secret_to_note: is_due.then_some(row.digest),
        }))
    }

    /// Stores the deliveries and their jobs, all or nothing. They are durable when this returns.
    ///
    /// # Errors
    /// `Problem::NotSignedIn` when the call names another org than the caller's, or the connection is gone.
    pub async fn receive(&self, caller: &WebhookCaller, call: WebhookCall) -> Result<Vec<Receipt>> {
        self.receive_message(caller, call, None).await
    }

    /// The same for a signed call: the message it carries is taken once, however often it comes.
    ///
    /// # Errors
    /// As for [`Self::receive`].
    pub async fn receive_message(
        &self,
        caller: &WebhookCaller,
        call: WebhookCall,
        message: Option<&str>,
    ) -> Result<Vec<Receipt>> {
        if call.organization.as_str() != caller.external_account_id {
            return Err(Problem::NotSignedIn.into());
        }
        let receipts = self.intake.store(caller.clone(), call.opportunities, message.map(str::to_owned)).await?;
        metrics::counter!("lexicontract_deliveries_accepted_total").increment(receipts.len() as u64);
        Ok(receipts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> std::result::Result<WebhookCall, Problem> {
        WebhookCall::parse(body.as_bytes())
    }

    #[test]
    fn one_and_many_are_read_and_extra_keys_ignored() {
        let one = parse(r#"{"OrganizationId":"00Dxx0000001gPL","OpportunityId":"006ak00000OQ4Rx","Extra":{}}"#).unwrap();
        assert_eq!((one.is_batch, one.organization.as_str()), (false, "00Dxx0000001gPLEAY"));
        let many = parse(r#"{"OrganizationId":"00Dxx0000001gPLEAY","OpportunityIds":["006ak00000OQ4Rx","006ak00000OQ4RxAAL"],"OpportunityId":null}"#).unwrap();
        assert_eq!((many.is_batch, many.opportunities.len()), (true, 2));
    }

    #[test]
    fn what_is_not_json_and_what_says_something_else_are_told_apart() {
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
            assert_eq!(parse(body), Err(Invalid::WebhookBody.into()), "{body}");
        }
    }
}
