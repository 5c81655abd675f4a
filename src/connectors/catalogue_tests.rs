//! Tests that the catalogue is complete, and tests of API keys.

use super::test_support::{Server, context, json, response};
use super::{Account, CONNECTORS, Call, Ctx, Error, Kind, find};
use crate::secret::Secret;
use std::collections::{BTreeMap, HashSet};
use url::Url;

#[test]
fn connectors_are_complete_and_unique() {
    let mut seen = HashSet::new();
    for info in CONNECTORS {
        let is_plain = info.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(is_plain && !info.slug.is_empty(), "{}", info.slug);
        assert!(seen.insert(info.slug) && seen.insert(info.name), "{} is a duplicate", info.slug);
        assert!(info.description.len() > 20 && info.description.ends_with('.'), "{}", info.slug);
        assert!(find(info.slug).is_some_and(|found| std::ptr::eq(found, *info)), "{}", info.slug);
        assert!(info.oauth().is_some() || info.api_key().is_some(), "{}", info.slug);
    }
    assert!(find("salesforce").is_some() && find("unknown").is_none());
}

#[test]
fn connectors_without_capabilities_name_what_is_missing() {
    assert_eq!(CONNECTORS[0].slug, "salesforce");
    for info in CONNECTORS {
        assert!(!info.capabilities().is_empty() || !info.missing.is_empty(), "{}", info.slug);
    }
}

#[test]
fn key_fields_have_label_help_and_https_link() {
    for info in CONNECTORS {
        let Some(key) = info.api_key() else { continue };
        assert_eq!(key.fields[0].name, "api_key", "{}", info.slug);
        for field in key.fields {
            assert!(!field.label.is_empty() && !field.help.is_empty(), "{}", info.slug);
            assert_eq!(Url::parse(field.help_url).unwrap().scheme(), "https", "{}", info.slug);
        }
    }
}

async fn test_key(slug: &str, variable: &str, response: String) -> (Result<Account, Error>, Vec<String>) {
    let server = Server::once(response).await;
    let ctx = context(&[(variable, server.url.as_str())]);
    (identify(slug, &ctx, "key-123").await, server.requests())
}

async fn identify(slug: &str, ctx: &Ctx, key: &str) -> Result<Account, Error> {
    let connector = find(slug).unwrap();
    let fields = BTreeMap::from([("api_key".to_owned(), Secret::from(key))]);
    connector.identity.identify(&Call::with_key(ctx, connector, connector.api_key().unwrap(), &fields)?).await
}

#[tokio::test]
async fn pipedrive_token_identifies_its_user() {
    let me = r#"{"success":true,"data":{"id":7,"name":"Ada Lovelace","company_id":42,"company_name":"Acme"}}"#;
    let (account, requests) = test_key("pipedrive", "PIPEDRIVE_API_URL", json(200, me)).await;
    assert_eq!(account.unwrap(), Account { external_id: "42:7".into(), label: "Ada Lovelace (Acme)".into(), user: None });
    assert!(requests[0].starts_with("GET /api/v1/users/me HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("x-api-token: key-123\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn hubspot_token_identifies_its_account() {
    let details = r#"{"portalId":123456,"accountType":"STANDARD"}"#;
    let (account, requests) = test_key("hubspot", "HUBSPOT_API_URL", json(200, details)).await;
    assert_eq!(account.unwrap(), Account { external_id: "123456".into(), label: "HubSpot account 123456".into(), user: None });
    assert!(requests[0].starts_with("GET /account-info/v3/details HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("authorization: Bearer key-123\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn rejected_keys_differ_from_unavailable_providers() {
    for (slug, variable) in [("pipedrive", "PIPEDRIVE_API_URL"), ("hubspot", "HUBSPOT_API_URL")] {
        for (status, body, expected) in [
            (401, "{}", Kind::GrantDead),
            (403, "{}", Kind::Forbidden),
            (500, "{}", Kind::Unavailable),
            (302, "", Kind::Unexpected),
            (200, "<html>Down</html>", Kind::Unavailable),
            (200, "{}", Kind::Unexpected),
            (404, "{}", Kind::Unexpected),
        ] {
            let (account, _) = test_key(slug, variable, json(status, body)).await;
            assert_eq!(account.unwrap_err().kind, expected, "{slug} {status} {body}");
        }
    }
}

#[tokio::test]
async fn outage_does_not_invalidate_a_key() {
    let server = Server::once(response(200, "", "")).await;
    let closed = server.url.clone();
    drop(server);
    let ctx = context(&[("HUBSPOT_API_URL", closed.as_str())]);
    assert_ne!(identify("hubspot", &ctx, "key-123").await.unwrap_err().kind, Kind::GrantDead);
}

#[tokio::test]
async fn keys_that_are_invalid_header_values_are_rejected_without_a_call() {
    for key in ["", "   ", "two words", "line\r\nX-Injected: 1", "schlüssel"] {
        let error = identify("hubspot", &context(&[]), key).await.unwrap_err();
        assert_eq!(error.kind, Kind::GrantDead, "{key:?}");
    }
}
