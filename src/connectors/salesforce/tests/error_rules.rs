//! Tests of the error rules: a simulated server responds to a write with each error.

use crate::connectors::salesforce::Salesforce;
use crate::connectors::salesforce::error_rules::ERROR_RULES;
use crate::connectors::salesforce::rest::hides_error;
use crate::connectors::test_support::{Server, json, response};
use crate::connectors::{Deals, Error, Kind};
use crate::domain::connection::health::Responsible;
use crate::domain::record::RecordId;
use std::time::Duration;

fn id() -> RecordId {
    RecordId::new("006ak00000OQ4RxAAL")
}

async fn written(response: String) -> (Result<(), Error>, Server) {
    let server = Server::once(response).await;
    let result = Salesforce.write(&server.call(), &id(), "LexiContract_Status__c", "In Review").await;
    (result, server)
}

async fn rejected(status: u16, code: &str, message: &str) -> Error {
    let body = serde_json::json!([{"message": message, "errorCode": code, "fields": []}]).to_string();
    written(json(status, &body)).await.0.unwrap_err()
}

const HOUR: Kind = Kind::RateLimited { retry_after: Duration::from_secs(3_600) };
const MINUTES: Kind = Kind::RateLimited { retry_after: Duration::from_secs(300) };
const SECONDS: Kind = Kind::RateLimited { retry_after: Duration::from_secs(5) };

#[tokio::test]
async fn a_status_is_written_with_one_patch() {
    let (result, server) = written(response(204, "", "")).await;
    result.unwrap();
    let request = &server.requests()[0];
    assert!(request.starts_with("PATCH /services/data/v67.0/sobjects/Opportunity/006ak00000OQ4RxAAL HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer 00D!access\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"LexiContract_Status__c\":\"In Review\"}"), "{request}");
}

#[tokio::test]
async fn error_codes_map_to_kinds() {
    for (status, code, message, expected) in [
        (401, "INVALID_SESSION_ID", "Session expired or invalid", Kind::SessionExpired),
        (401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API", Kind::Forbidden),
        (401, "INVALID_SESSION_ID", "Connected app is not attached to Agent", Kind::Forbidden),
        (401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", Kind::Refused),
        (401, "SOMETHING_NEW", "", Kind::SessionExpired),
        (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", MINUTES),
        (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", SECONDS),
        (403, "API_DISABLED_FOR_ORG", "", Kind::Forbidden),
        (403, "INSUFFICIENT_ACCESS_OR_READONLY", "", Kind::Forbidden),
        (400, "INSUFFICIENT_ACCESS_OR_READONLY", "", Kind::Forbidden),
        (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "", Kind::Forbidden),
        (403, "SOMETHING_NEW", "", Kind::Forbidden),
        (404, "NOT_FOUND", "", Kind::NotFound),
        (404, "ENTITY_IS_DELETED", "entity is deleted", Kind::NotFound),
        (400, "INVALID_CROSS_REFERENCE_KEY", "", Kind::NotFound),
        (400, "MALFORMED_ID", "", Kind::Refused),
        (400, "INVALID_FIELD", "No such column", Kind::Refused),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE", "", Kind::Forbidden),
        (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "", Kind::Refused),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "", Kind::Refused),
        (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "", Kind::Refused),
        (400, "STRING_TOO_LONG", "", Kind::Refused),
        (400, "UNABLE_TO_LOCK_ROW", "", Kind::Unavailable),
        (400, "ENTITY_IS_LOCKED", "", Kind::Refused),
        (400, "SOMETHING_NEW", "", Kind::Refused),
        (405, "METHOD_NOT_ALLOWED", "", Kind::Refused),
        (409, "CONFLICT", "", Kind::Unavailable),
        (412, "", "", Kind::Unavailable),
        (410, "UNSUPPORTED_API_VERSION", "", Kind::Refused),
        (415, "UNSUPPORTED_MEDIA_TYPE", "", Kind::Refused),
        (500, "UNKNOWN_EXCEPTION", "", Kind::Unavailable),
        (503, "SERVER_UNAVAILABLE", "", Kind::Unavailable),
        (200, "UNKNOWN_EXCEPTION", "", Kind::Unavailable),
        (300, "", "", Kind::Unexpected),
    ] {
        let error = rejected(status, code, message).await;
        assert_eq!(error.kind, expected, "{status} {code} {message}: {error}");
        assert!(error.context.contains(&status.to_string()) && error.context.contains(code), "{error}");
    }
}

#[test]
fn only_lists_with_an_error_code_are_errors_despite_a_success_status() {
    for (body, expected) in [
        (r#" [{"errorCode":"UNKNOWN_EXCEPTION","message":""}]"#, true),
        (r#"[{"Id":"006ak00000OQ4RxAAL"}]"#, false),
        ("[]", false),
        (r#"{"errorCode":"UNKNOWN_EXCEPTION","message":""}"#, false),
        ("", false),
    ] {
        assert_eq!(hides_error(body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn errors_that_the_operator_must_fix_name_the_operator() {
    for rule in ERROR_RULES.iter().filter(|rule| rule.responsible == Responsible::Operator) {
        assert!(rule.message.to_lowercase().contains("the operator"), "{rule:?}");
    }
}

#[tokio::test]
async fn responses_without_json_are_mapped_by_status() {
    for (status, headers, body, expected) in [
        (200, "", "<html>We are down for maintenance.</html>", Kind::Unavailable),
        (401, "", "<html>", Kind::SessionExpired),
        (
            401,
            "",
            "<?xml version=\"1.0\"?><Errors><Error><errorCode>INVALID_SESSION_ID</errorCode></Error></Errors>",
            Kind::SessionExpired,
        ),
        (401, "", "", Kind::SessionExpired),
        (403, "", r#"{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}"#, MINUTES),
        (400, "", r#"[{"errorCode":"INVALID_SESSION_ID","message":null}]"#, Kind::SessionExpired),
        (404, "", "<html>", Kind::Unavailable),
        (420, "", "<html>", Kind::Unavailable),
        (406, "", "", Kind::Unavailable),
        (500, "", "", Kind::Unavailable),
        (502, "", "Bad gateway", Kind::Unavailable),
        (503, "Retry-After: 30\r\n", "", Kind::RateLimited { retry_after: Duration::from_secs(30) }),
        (429, "", "", SECONDS),
        (429, "Retry-After: 7\r\n", "", Kind::RateLimited { retry_after: Duration::from_secs(7) }),
        (429, "Retry-After: 315360000\r\n", "", HOUR),
        (403, "", "Bad_OAuth_Token", Kind::SessionExpired),
        (400, "", "garbage", Kind::Unexpected),
        (200, "", "{}", Kind::Unexpected),
    ] {
        let error = written(response(status, headers, body)).await.0.unwrap_err();
        assert_eq!(error.kind, expected, "{status} {headers}{body}: {error}");
    }
}

#[tokio::test]
async fn redirects_are_errors_by_target() {
    for (location, expected) in [
        ("https://evil.example/services", Kind::HostNotAllowed),
        ("http://acme.my.salesforce.com/", Kind::HostNotAllowed),
        ("https://acme.lightning.force.com/", Kind::HostNotAllowed),
        ("https://moved.my.salesforce.com/", Kind::SessionExpired),
        ("/secur/login", Kind::Unavailable),
        ("", Kind::Unavailable),
    ] {
        let error = written(response(302, &format!("Location: {location}\r\n"), "")).await.0.unwrap_err();
        assert_eq!(error.kind, expected, "{location}: {error}");
    }
}

#[tokio::test]
async fn fixable_errors_name_the_place_in_setup() {
    for (code, message, parts) in [
        ("INVALID_FIELD", "No such column", ["LexiContract_Status__c", "Fields & Relationships"]),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "", ["LexiContract_Status__c", "Field-Level Security"]),
        ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "", ["“In Review”", "Values → New"]),
        ("STRING_TOO_LONG", "", ["“In Review”", "LexiContract_Status__c"]),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Close date\n is missing", ["“Close date is missing”", "Validation Rules"]),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "", ["administrator", "Setup"]),
    ] {
        let message = rejected(400, code, message).await.user_message();
        for part in parts {
            assert!(message.contains(part), "{code}: {part} is missing in {message}");
        }
    }
}

#[tokio::test]
async fn quoted_messages_are_short_and_on_one_line() {
    let message = rejected(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", &"\u{202e}word\r\n".repeat(200)).await.user_message();
    assert!(message.chars().count() < 500 && !message.contains(['\n', '\r']), "{message}");
}
