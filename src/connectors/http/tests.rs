//! The client against a server that misbehaves byte by byte.

use super::{JSON_LIMIT, send, send_and_read};
use crate::connectors::{
    Ctx, Error, Kind,
    http::Answer,
    test_support::{Server, Then, answer, context, json},
};
use url::Url;

async fn get(ctx: &Ctx, url: Url) -> Result<Answer, Error> {
    send_and_read(ctx, "test", ctx.http.get(url), JSON_LIMIT).await
}

async fn got(bytes: String, then: Then) -> Result<Answer, Error> {
    let server = Server::start(vec![(bytes, then)]).await;
    get(&server.context(), server.url.clone()).await
}

#[tokio::test]
async fn a_redirect_is_answered_and_not_followed() {
    let target = Server::once(json(200, "{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = got(answer(status, &format!("Location: {}\r\n", target.url), ""), Then::Close).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.location.as_deref()), (status, Some(target.url.as_str())));
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn an_answer_that_stalls_or_breaks_off_is_an_outage_whose_outcome_is_unknown() {
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
        let error = got(bytes.to_owned(), then).await.unwrap_err();
        assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, true), "{bytes:?}: {error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_refused_has_a_known_outcome() {
    let server = Server::start(Vec::new()).await;
    let ctx = server.context();
    // The server without answers has closed its listener when this connection comes back.
    let error = get(&ctx, server.url.clone()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error}");
    let nowhere = context(&[("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:1")]);
    let error = get(&nowhere, Url::parse("http://127.0.0.1:1/").unwrap()).await.unwrap_err();
    assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, false), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_in_clear() {
    let server = Server::once(json(200, "{}")).await;
    let url = Url::parse(&server.url.as_str().replace("http:", "https:")).unwrap();
    let error = get(&server.context(), url).await.unwrap_err();
    assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, false), "{error}");
}

#[tokio::test]
async fn more_than_the_bound_is_not_read() {
    let huge = format!("\"{}\"", "a".repeat(JSON_LIMIT));
    assert_eq!(got(json(200, &huge), Then::Close).await.unwrap_err().kind, Kind::Unexpected);
    let refusal = got(json(400, &huge), Then::Close).await.unwrap();
    assert_eq!((refusal.status.as_u16(), refusal.body.len()), (400, 64 * 1024));
}

#[tokio::test]
async fn a_page_is_recognised_whatever_it_calls_itself() {
    for (headers, body, is_page) in [
        ("Content-Type: application/json\r\n", "\r\n <!DOCTYPE html><p>Down", true),
        ("Content-Type: text/html\r\n", "Down for maintenance", true),
        ("", "\u{feff}<html>", true),
        ("Content-Type: text/html\r\n", "{\"a\":1}", false),
        ("", "{\"a\":\"<b>\"}", false),
    ] {
        let answer = got(answer(200, headers, body), Then::Close).await.unwrap();
        assert_eq!(answer.is_html, is_page, "{headers}{body}");
        assert_eq!(answer.json::<serde_json::Value>().is_ok(), !is_page, "{headers}{body}");
    }
}

#[tokio::test]
async fn json_that_makes_no_sense_is_an_error_that_repeats_nothing_of_it() {
    let deep = "[".repeat(100_000);
    for body in ["", "{\"secret\":NaN}", "secret", "{\"secret\":1", &deep] {
        let error = got(json(200, body), Then::Close).await.unwrap().json::<serde_json::Value>().unwrap_err();
        assert_eq!(error.kind, Kind::Unexpected);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_may_not_be_called() {
    let server = Server::once(json(200, "{}")).await;
    let ctx = context(&[]);
    let by_name = Url::parse(&format!("https://localhost:{}/", server.url.port().unwrap())).unwrap();
    for url in [server.url.clone(), by_name] {
        let error = send(&ctx, "test", ctx.http.get(url.clone())).await.unwrap_err();
        assert_eq!(error.kind, Kind::HostNotAllowed, "{url}: {error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_error_names_the_request_id_and_no_address() {
    let server =
        Server::start(vec![(answer(500, "X-SFDC-Request-Id: 4Xk9\r\n", ""), Then::Close), (String::new(), Then::Close)]).await;
    let mut url = server.url.clone();
    url.set_query(Some("q=secret"));
    let answer = get(&server.context(), url.clone()).await.unwrap();
    assert_eq!(answer.context(), "test: 500 (request 4Xk9)");
    let error = get(&server.context(), url).await.unwrap_err();
    let mut whole = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(below) = cause {
        whole.push_str(&below.to_string());
        cause = below.source();
    }
    assert!(!whole.contains("secret"), "{whole}");
}
