//! The SOAP 1.1 messages of an Outbound Message: the notifications, and the acknowledgement in the response.

use crate::page::frame::escape;
use crate::state::organization::State;
use crate::state::outbound::Notification;
use crate::state::records::text;

/// Renders a message with the present values of the Opportunities. `url` is the organization's URL.
pub fn render(state: &State, url: &str, notifications: &[&Notification]) -> String {
    let organization_id = &state.organization_id;
    let endpoint = |kind: &str| format!("{url}/services/Soap/{kind}/67.0/{}", organization_id.get(..15).unwrap_or_default());
    let rows: String = notifications.iter().map(|notification| render_one(state, notification)).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>{organization_id}</OrganizationId>
   <ActionId>{}</ActionId>
   <SessionId xsi:nil="true"/>
   <EnterpriseUrl>{}</EnterpriseUrl>
   <PartnerUrl>{}</PartnerUrl>
{rows}  </notifications>
 </soapenv:Body>
</soapenv:Envelope>
"#,
        state.outbound.action_id,
        escape(&endpoint("c")),
        escape(&endpoint("u")),
    )
}

/// Returns true if the body of a response contains the element `Ack` with the value true.
pub fn is_acknowledgement(body: &str) -> bool {
    let mut elements = body.split('<').filter_map(|part| part.split_once('>'));
    elements.any(|(tag, value)| {
        let name = tag.split_whitespace().next().unwrap_or_default();
        let local_name = name.rsplit(':').next().unwrap_or_default();
        !name.starts_with('/') && local_name == "Ack" && matches!(value.trim(), "true" | "1")
    })
}

fn render_one(state: &State, notification: &Notification) -> String {
    let opportunity = state.records.find("Opportunity", &notification.opportunity_id);
    format!(
        r#"   <Notification>
    <Id>{}</Id>
    <sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
     <sf:Id>{}</sf:Id>
     <sf:StageName>{}</sf:StageName>
    </sObject>
   </Notification>
"#,
        notification.id,
        notification.opportunity_id,
        escape(opportunity.map(|record| text(record, "StageName")).unwrap_or_default()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ack_element_with_true_is_an_acknowledgement() {
        for body in ["<Ack>true</Ack>", "<x:Ack xmlns:x=\"u\"> true\n</x:Ack>", "<Ack>1</Ack>"] {
            assert!(is_acknowledgement(body), "{body}");
        }
        for body in ["", "true", "<Ack>false</Ack>", "<Ack/>true", "<NoAck>true</NoAck>", "</Ack>true"] {
            assert!(!is_acknowledgement(body), "{body}");
        }
    }
}
