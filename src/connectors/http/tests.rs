//! Tests the client with a server that sends scripted raw responses.

use super::{JSON_LIMIT, send, send_and_read};
use crate::connectors::http::Response;
use crate::connectors::test_support::{Server, Then, context, json, response};
use crate::connectors::{Ctx, Error, Kind};
use reqwest::Method;
use url::Url;

async fn get(ctx: &Ctx, url: Url) -> Result<Response, Error> {
    send_and_read(ctx, "test", ctx.http.request(Method::GET, url), JSON_LIMIT).await
}

async fn response_to(bytes: String, then: Then) -> Result<Response, Error> {
    let server = Server::start(vec![(bytes, then)]).await;
    get(&server.context(), server.url.clone()).await
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = Server::once(json(200, "{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let response = response_to(response(status, &format!("Location: {}\r\n", target.url), ""), Then::Close).await.unwrap();
        assert_eq!((response.status.as_u16(), response.location.as_deref()), (status, Some(target.url.as_str())));
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn stalled_and_broken_responses_have_an_unknown_outcome() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":";
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n";
    for (bytes, then) in [
        ("", Then::Stall),
        ("", Then::Close),
        ("HTTP/1.1 200 OK\r\nContent-", Then::Stall),
        (half, Then::Stall),
        (half, Then::Close),
        (chunk, Then::Close),
        ("this is not HTTP\r\n\r\n", Then::Close),
    ] {
        let error = response_to(bytes.to_owned(), then).await.unwrap_err();
        assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, true), "{bytes:?}: {error}");
    }
}

#[tokio::test]
async fn refused_connections_have_a_known_outcome() {
    let server = Server::start(Vec::new()).await;
    let ctx = server.context();
    // The server closes its listener immediately, because its script is empty.
    let error = get(&ctx, server.url.clone()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error}");
    let nowhere = context(&[("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:1")]);
    let error = get(&nowhere, Url::parse("http://127.0.0.1:1/").unwrap()).await.unwrap_err();
    assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, false), "{error}");
}

#[tokio::test]
async fn https_does_not_fall_back_to_plain_text() {
    let server = Server::once(json(200, "{}")).await;
    let url = Url::parse(&server.url.as_str().replace("http:", "https:")).unwrap();
    let error = get(&server.context(), url).await.unwrap_err();
    assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, false), "{error}");
}

#[tokio::test]
async fn bodies_are_bounded() {
    let huge = format!("\"{}\"", "a".repeat(JSON_LIMIT));
    assert_eq!(response_to(json(200, &huge), Then::Close).await.unwrap_err().kind, Kind::Unexpected);
    let truncated = response_to(json(400, &huge), Then::Close).await.unwrap();
    assert_eq!((truncated.status.as_u16(), truncated.body.len()), (400, 64 * 1024));
}

#[tokio::test]
async fn html_is_detected_despite_wrong_content_types() {
    for (headers, body, is_page) in [
        ("Content-Type: application/json\r\n", "\r\n <!DOCTYPE html><p>Down", true),
        ("Content-Type: text/html\r\n", "Down for maintenance", true),
        ("", "\u{feff}<html>", true),
        ("Content-Type: text/html\r\n", "{\"a\":1}", false),
        ("", "{\"a\":\"<b>\"}", false),
    ] {
        let response = response_to(response(200, headers, body), Then::Close).await.unwrap();
        assert_eq!(response.is_html, is_page, "{headers}{body}");
        assert_eq!(response.json::<serde_json::Value>().is_ok(), !is_page, "{headers}{body}");
    }
}

#[tokio::test]
async fn errors_for_invalid_json_contain_nothing_of_the_body() {
    let deep = "[".repeat(100_000);
    for body in ["", "{\"secret\":NaN}", "secret", "{\"secret\":1", &deep] {
        let error = response_to(json(200, body), Then::Close).await.unwrap().json::<serde_json::Value>().unwrap_err();
        assert_eq!(error.kind, Kind::Unexpected);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_addresses_that_are_not_allowed() {
    let server = Server::once(json(200, "{}")).await;
    let ctx = context(&[]);
    let by_name = Url::parse(&format!("https://localhost:{}/", server.url.port().unwrap())).unwrap();
    for url in [server.url.clone(), by_name] {
        let error = send(&ctx, "test", ctx.http.request(Method::GET, url.clone())).await.unwrap_err();
        assert_eq!(error.kind, Kind::HostNotAllowed, "{url}: {error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn errors_contain_the_request_id_and_no_url() {
    let server =
        Server::start(vec![(response(500, "X-SFDC-Request-Id: 4Xk9\r\n", ""), Then::Close), (String::new(), Then::Close)]).await;
    let mut url = server.url.clone();
    url.set_query(Some("q=secret"));
    let response = get(&server.context(), url.clone()).await.unwrap();
    assert_eq!(response.context(), "test: 500 (request 4Xk9)");
    let error = get(&server.context(), url).await.unwrap_err();
    let mut whole = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(below) = cause {
        whole.push_str(&below.to_string());
        cause = below.source();
    }
    assert!(!whole.contains("secret"), "{whole}");
}
