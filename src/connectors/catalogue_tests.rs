//! What every entry of the catalogue promises, and how the providers that take a key are tried.

use super::{
    Account, CONNECTORS, Call, Ctx, Error, Kind, find,
    test_support::{Server, answer, context, json},
};
use crate::secret::Secret;
use std::collections::{BTreeMap, HashSet};
use url::Url;

#[test]
fn every_entry_is_complete_and_findable() {
    let mut seen = HashSet::new();
    for info in CONNECTORS {
        let is_plain = info.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(is_plain && !info.slug.is_empty(), "{}", info.slug);
        assert!(seen.insert(info.slug) && seen.insert(info.name), "{} is there twice", info.slug);
        assert!(info.description.len() > 20 && info.description.ends_with('.'), "{}", info.slug);
        assert!(find(info.slug).is_some_and(|found| std::ptr::eq(found, *info)), "{}", info.slug);
        assert!(info.oauth().is_some() || info.api_key().is_some(), "{}", info.slug);
    }
    assert!(find("salesforce").is_some() && find("nobody").is_none());
}

#[test]
fn every_entry_can_do_something_or_says_what_is_missing() {
    assert_eq!(CONNECTORS[0].slug, "salesforce");
    for info in CONNECTORS {
        assert!(!info.capabilities().is_empty() || !info.missing.is_empty(), "{}", info.slug);
    }
}

#[test]
fn every_key_is_asked_for_in_words_with_a_page_to_find_it() {
    for info in CONNECTORS {
        let Some(key) = info.api_key() else { continue };
        assert_eq!(key.fields[0].name, "api_key", "{}", info.slug);
        for field in key.fields {
            assert!(!field.label.is_empty() && !field.help.is_empty(), "{}", info.slug);
            assert_eq!(Url::parse(field.help_url).unwrap().scheme(), "https", "{}", info.slug);
        }
    }
}

async fn tried(slug: &str, variable: &str, answer: String) -> (Result<Account, Error>, Vec<String>) {
    let server = Server::once(answer).await;
    let ctx = context(&[(variable, server.url.as_str())]);
    (identify(slug, &ctx, "key-123").await, server.requests())
}

async fn identify(slug: &str, ctx: &Ctx, key: &str) -> Result<Account, Error> {
    let connector = find(slug).unwrap();
    let fields = BTreeMap::from([("api_key".to_owned(), Secret::from(key))]);
    connector.identity.identify(&Call::with_key(ctx, connector, connector.api_key().unwrap(), &fields)?).await
}

#[tokio::test]
async fn pipedrive_says_whose_the_token_is() {
    let me = r#"{"success":true,"data":{"id":7,"name":"Ada Lovelace","company_id":42,"company_name":"Acme"}}"#;
    let (account, requests) = tried("pipedrive", "PIPEDRIVE_API_URL", json(200, me)).await;
    assert_eq!(account.unwrap(), Account { external_id: "42:7".into(), label: "Ada Lovelace (Acme)".into(), user: None });
    assert!(requests[0].starts_with("GET /api/v1/users/me HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("x-api-token: key-123\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn hubspot_says_whose_the_token_is() {
    let details = r#"{"portalId":123456,"accountType":"STANDARD"}"#;
    let (account, requests) = tried("hubspot", "HUBSPOT_API_URL", json(200, details)).await;
    assert_eq!(account.unwrap(), Account { external_id: "123456".into(), label: "HubSpot account 123456".into(), user: None });
    assert!(requests[0].starts_with("GET /account-info/v3/details HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("authorization: Bearer key-123\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn a_refused_key_differs_from_a_provider_that_could_not_be_asked() {
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
            let (account, _) = tried(slug, variable, json(status, body)).await;
            assert_eq!(account.unwrap_err().kind, expected, "{slug} {status} {body}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_no_verdict_on_the_key() {
    let server = Server::once(answer(200, "", "")).await;
    let closed = server.url.clone();
    drop(server);
    let ctx = context(&[("HUBSPOT_API_URL", closed.as_str())]);
    assert_ne!(identify("hubspot", &ctx, "key-123").await.unwrap_err().kind, Kind::GrantDead);
}

#[tokio::test]
async fn a_key_that_is_no_header_is_refused_without_a_call() {
    for key in ["", "   ", "two words", "line\r\nX-Injected: 1", "schlüssel"] {
        let error = identify("hubspot", &context(&[]), key).await.unwrap_err();
        assert_eq!(error.kind, Kind::GrantDead, "{key:?}");
    }
}
