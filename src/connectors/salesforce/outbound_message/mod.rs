//! Outbound Messages: SOAP calls of Salesforce that a flow or a workflow rule sends without Apex.
//!
//! Salesforce repeats a message for up to 24 hours until it receives the acknowledgement. All attempts have the same
//! notification ids.

mod parser;

#[cfg(test)]
mod tests;

use crate::connectors::webhook::{BodyFormat, Reply, WebhookCall, WebhookSpec};
use crate::domain::connection::SecretPurpose;
use crate::domain::problem::Problem;

const EXPECTED: &str = "Send an Outbound Message of Salesforce: a SOAP 1.1 envelope in UTF-8 without a document type, with \
     `OrganizationId` (`00D…`) and 1 to 100 `Notification` elements. Each needs its `Id` (`04l…`) and an `sObject` with the `Id` of \
     an Opportunity (`006…`).";

const ACKNOWLEDGEMENT: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>"#,
    r#"<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>"#,
    "</soapenv:Body></soapenv:Envelope>",
);

pub(super) const WEBHOOK: WebhookSpec = WebhookSpec {
    name: "outbound",
    title: "Outbound Message",
    about: "Salesforce reports a change within seconds, and repeats it for 24 hours until it is received. Your Salesforce administrator \
            sets it up on two screens, without code.",
    secret: SecretPurpose::Outbound,
    body: BodyFormat::Xml,
    max_body_bytes: 1024 * 1024,
    parse,
    reply: Reply::Xml(ACKNOWLEDGEMENT),
    applies_rule: true,
    summary: "Salesforce sent an Outbound Message about the Opportunity",
};

fn parse(body: &[u8]) -> Result<WebhookCall, Problem> {
    parser::read(body).ok_or(Problem::InvalidMessage(EXPECTED))
}
