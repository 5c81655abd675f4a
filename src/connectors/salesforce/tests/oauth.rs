//! Tests the OAuth web server flow with a server that sends scripted responses.

use crate::connectors::test_support::{Server, Then, config, context, json, response};
use crate::connectors::{Ctx, Error, Kind, OAuthClient, Tokens, find};
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::time::Timestamp;
use crate::secret::Secret;
use serde_json::{Value, json as object};
use url::Url;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const IDENTITY: &str = "https://login.salesforce.com/id/00Dxx0000001gPLEAY/00558000001N0KeAAK";

fn client() -> OAuthClient {
    find("salesforce").unwrap().oauth().unwrap()
}

#[test]
fn authorize_url_matches_salesforces_documentation() {
    let login = Url::parse("https://login.salesforce.com").unwrap();
    let url = client().authorize_url(&config(&[]), &login, &Secret::from("r4nd"), &Secret::from(VERIFIER)).unwrap();
    assert_eq!(
        url.as_str(),
        "https://login.salesforce.com/services/oauth2/authorize?response_type=code&client_id=3MVG9.client&state=r4nd\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
         &redirect_uri=https%3A%2F%2Fcontracts.example.com%2Fapi%2Fv1%2Fintegrations%2Fsalesforce%2Fcallback\
         &scope=api+refresh_token+openid"
    );
}

#[test]
fn foreign_login_hosts_and_short_verifiers_are_rejected() {
    let make = |login: &str, verifier: &str| {
        client()
            .authorize_url(&config(&[]), &Url::parse(login).unwrap(), &Secret::from("r4nd"), &Secret::from(verifier))
            .unwrap_err()
            .kind
    };
    assert_eq!(make("https://evil.example", VERIFIER), Kind::HostNotAllowed);
    assert_eq!(make("https://login.salesforce.com", "short"), Kind::Unexpected);
}

fn token_response(server: &Server, changes: Value) -> String {
    let mut body = object!({
        "access_token": "00Dxx!new", "refresh_token": "5Aep861.new", "instance_url": server.url.as_str().trim_end_matches('/'),
        "id": IDENTITY, "scope": "refresh_token api id openid", "issued_at": "1676372418560", "token_type": "Bearer"
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

/// Starts two servers: an instance, and a login host whose token response contains the instance's URL.
/// Returns the login host, and a context that allows both servers.
async fn login_host(changes: Value) -> (Server, Ctx) {
    let instance = Server::start(Vec::new()).await;
    let login = Server::once(json(200, &token_response(&instance, changes))).await;
    let hosts = format!("{},{}", instance.url.authority(), login.url.authority());
    let ctx = context(&[("SALESFORCE_ALLOWED_HOSTS", &hosts)]);
    (login, ctx)
}

async fn exchange(ctx: &Ctx, login: &Url) -> Result<Tokens, Error> {
    client().exchange(ctx, login, &Secret::from("aPrx.code=="), &Secret::from(VERIFIER)).await
}

#[tokio::test]
async fn code_exchange_sends_verifier_and_secret_in_the_body() {
    let (login, ctx) = login_host(object!({})).await;
    let tokens = exchange(&ctx, &login.url).await.unwrap();
    assert_eq!((tokens.access_token.expose().as_str(), tokens.refresh_token.expose().as_str()), ("00Dxx!new", "5Aep861.new"));
    assert_eq!((tokens.login_url, tokens.identity_url.as_str()), (login.url.clone(), IDENTITY));
    assert_eq!(tokens.scopes, ["refresh_token", "api", "id", "openid"]);
    assert_eq!(tokens.issued_at, Timestamp::from_millis(1_676_372_418_560));
    let (other, ctx) = login_host(object!({"issued_at": 1_676_372_418_560_u64})).await;
    assert_eq!(exchange(&ctx, &other.url).await.unwrap().issued_at, tokens.issued_at, "as a number");
    let request = &login.requests()[0];
    assert!(request.starts_with("POST /services/oauth2/token HTTP/1.1\r\n"), "{request}");
    for part in [
        "grant_type=authorization_code",
        "code=aPrx.code%3D%3D",
        &format!("code_verifier={VERIFIER}"),
        "client_id=3MVG9.client",
        "client_secret=client-secret",
        "redirect_uri=https%3A%2F%2Fcontracts.example.com%2Fapi%2Fv1%2Fintegrations%2Fsalesforce%2Fcallback",
    ] {
        assert!(
            request.split("\r\n\r\n").nth(1).unwrap().split('&').any(|field| field == part),
            "{part} is missing in {request}"
        );
    }
}

#[tokio::test]
async fn token_responses_with_missing_or_foreign_values_are_errors() {
    use ConnectFailure::{InstanceNotAllowed, RefreshTokenMissing};
    for (changes, kind, failure) in [
        (object!({"refresh_token": null}), Kind::Unexpected, Some(RefreshTokenMissing)),
        (object!({"refresh_token": ""}), Kind::Unexpected, Some(RefreshTokenMissing)),
        (object!({"instance_url": "https://evil.example"}), Kind::HostNotAllowed, Some(InstanceNotAllowed)),
        (
            object!({"instance_url": "https://acme.my.salesforce.com.evil.example"}),
            Kind::HostNotAllowed,
            Some(InstanceNotAllowed),
        ),
        (object!({"instance_url": "http://acme.my.salesforce.com"}), Kind::HostNotAllowed, Some(InstanceNotAllowed)),
        (object!({"instance_url": "https://169.254.169.254"}), Kind::HostNotAllowed, Some(InstanceNotAllowed)),
        (object!({"instance_url": "not an address"}), Kind::HostNotAllowed, Some(InstanceNotAllowed)),
        (object!({"instance_url": null}), Kind::Unexpected, None),
        (object!({"access_token": null}), Kind::Unexpected, None),
        (object!({"access_token": "two words"}), Kind::Unexpected, None),
        (object!({"id": "https://login.salesforce.com/id/x/y"}), Kind::Unexpected, None),
        (object!({"scope": 7}), Kind::Unexpected, None),
    ] {
        let (login, ctx) = login_host(changes.clone()).await;
        let error = exchange(&ctx, &login.url).await.unwrap_err();
        assert_eq!((error.kind, error.connect_failure), (kind, failure), "{changes}: {error}");
    }
}

#[tokio::test]
async fn rejected_codes_map_to_connect_failures() {
    use ConnectFailure::{AppBlocked, AppNotInstalled};
    let huge = "a".repeat(3 * 1024 * 1024);
    for (status, body, failure) in [
        (400, r#"{"error":"invalid_client","error_description":"app must be installed into org"}"#, Some(AppNotInstalled)),
        (
            400,
            r#"{"error":"invalid_client","error_description":"External client app is not installed in this org"}"#,
            Some(AppNotInstalled),
        ),
        (400, "error=invalid_client&error_description=app+must+be+installed+into+org", Some(AppNotInstalled)),
        (400, r#"{"error":"OAUTH_EC_APP_NOT_FOUND","error_description":null}"#, Some(AppNotInstalled)),
        (400, r#"{"error":"OAUTH_APP_BLOCKED"}"#, Some(AppBlocked)),
        (400, r#"{"error":"invalid_grant","error_description":"expired authorization code"}"#, None),
        (401, r#"{"error":"invalid_client","error_description":"invalid client credentials"}"#, None),
        (500, "", None),
        (503, "<html>Down</html>", None),
        (200, "<html>Down</html>", None),
        (200, huge.as_str(), None),
        (302, "", None),
        (400, "garbage", None),
    ] {
        let login = Server::once(json(status, body)).await;
        let error = exchange(&login.context(), &login.url).await.unwrap_err();
        assert_eq!(error.connect_failure, failure, "{status} {}: {error}", &body[..body.len().min(99)]);
        assert!(!error.to_string().contains("aPrx") && !error.to_string().contains("secret"), "{error}");
    }
}

fn tokens(instance: &Url, login: &Url) -> Tokens {
    Tokens {
        access_token: Secret::from("00Dxx!old"),
        refresh_token: Secret::from("5Aep861.old"),
        instance_url: instance.clone(),
        login_url: login.clone(),
        identity_url: IDENTITY.to_owned(),
        scopes: vec!["api".to_owned()],
        issued_at: Timestamp::from_millis(0),
    }
}

/// Refreshes tokens. The instance sends the response `first`, and the login host sends a success. Returns the result of the
/// refresh, and the number of requests to the instance and to the login host.
async fn refreshed(first: (String, Then)) -> (Result<Tokens, Error>, usize, usize) {
    let instance = Server::start(vec![first]).await;
    let login = Server::once(json(200, r#"{"access_token":"00Dxx!new"}"#)).await;
    let hosts = format!("{},{}", instance.url.authority(), login.url.authority());
    let ctx = context(&[("SALESFORCE_ALLOWED_HOSTS", &hosts)]);
    let result = client().refresh(&ctx, &tokens(&instance.url, &login.url)).await;
    (result, instance.requests().len(), login.requests().len())
}

#[tokio::test]
async fn refresh_keeps_values_missing_in_the_response() {
    let (result, at_instance, at_login) = refreshed((json(200, r#"{"access_token":"00Dxx!new"}"#), Then::Close)).await;
    let tokens = result.unwrap();
    assert_eq!((tokens.access_token.expose().as_str(), tokens.refresh_token.expose().as_str()), ("00Dxx!new", "5Aep861.old"));
    assert_eq!((tokens.identity_url.as_str(), tokens.scopes), (IDENTITY, vec!["api".to_owned()]));
    assert_eq!(tokens.issued_at, Timestamp::parse("2026-11-22T16:00:00Z").unwrap());
    assert_eq!((at_instance, at_login), (1, 0));
}

#[tokio::test]
async fn refresh_takes_over_rotated_token_and_new_instance() {
    let body =
        r#"{"access_token":"00Dxx!new","refresh_token":"5Aep861.rotated","instance_url":"https://moved.my.salesforce.com/x"}"#;
    let tokens = refreshed((json(200, body), Then::Close)).await.0.unwrap();
    assert_eq!(tokens.refresh_token.expose(), "5Aep861.rotated");
    assert_eq!(tokens.instance_url.as_str(), "https://moved.my.salesforce.com/");
}

#[tokio::test]
async fn refresh_falls_back_to_login_host_if_instance_did_not_process_it() {
    for (status, headers) in [(302, "Location: https://acme.my.salesforce.com/\r\n"), (301, ""), (404, ""), (410, "")] {
        let (result, at_instance, at_login) = refreshed((response(status, headers, ""), Then::Close)).await;
        assert!(result.is_ok(), "{status}: {:?}", result.err());
        assert_eq!((at_instance, at_login), (1, 1), "{status}");
    }
    let login = Server::once(json(200, r#"{"access_token":"00Dxx!new"}"#)).await;
    let ctx = context(&[("SALESFORCE_ALLOWED_HOSTS", &format!("127.0.0.1:1,{}", login.url.authority()))]);
    assert!(client().refresh(&ctx, &tokens(&Url::parse("http://127.0.0.1:1").unwrap(), &login.url)).await.is_ok());
}

#[tokio::test]
async fn refresh_token_is_not_resent_if_outcome_is_unknown_or_final() {
    let dead = r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#;
    for (bytes, then, kind, is_unknown) in [
        (String::new(), Then::Close, Kind::Unavailable, true),
        (String::new(), Then::Stall, Kind::Unavailable, true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_owned(), Then::Stall, Kind::Unavailable, true),
        (json(200, "{}"), Then::Close, Kind::Unexpected, true),
        (json(200, "<html>"), Then::Close, Kind::Unavailable, false),
        (json(200, r#"{"access_token":"a","instance_url":"https://evil.example"}"#), Then::Close, Kind::HostNotAllowed, true),
        (json(400, dead), Then::Close, Kind::GrantDead, false),
        (json(500, ""), Then::Close, Kind::Unavailable, false),
        // 502 and 504 come from the gateway, which may have lost the token endpoint's response.
        (json(502, "<html>Bad gateway</html>"), Then::Close, Kind::Unavailable, true),
        (json(504, ""), Then::Close, Kind::Unavailable, true),
        (json(503, "<html>Down</html>"), Then::Close, Kind::Unavailable, false),
    ] {
        let (result, at_instance, at_login) = refreshed((bytes.clone(), then)).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind, error.outcome_unknown, at_instance, at_login), (kind, is_unknown, 1, 0), "{bytes}: {error}");
        assert!(!error.to_string().contains("5Aep861"), "{error}");
    }
}

#[tokio::test]
async fn refresh_sends_no_scope() {
    let instance = Server::once(json(200, r#"{"access_token":"00Dxx!new"}"#)).await;
    client().refresh(&instance.context(), &tokens(&instance.url, &instance.url)).await.unwrap();
    let request = instance.requests().remove(0);
    assert!(request.contains("grant_type=refresh_token&refresh_token=5Aep861.old&client_id="), "{request}");
    assert!(!request.contains("scope"), "{request}");
}

#[tokio::test]
async fn unknown_tokens_count_as_revoked() {
    for (response, is_revoked) in [
        (response(200, "", ""), true),
        (response(400, "Content-Type: application/x-www-form-urlencoded\r\n", "error=invalid_token"), true),
        (json(400, r#"{"error":"unsupported_token_type"}"#), true),
        (json(400, r#"{"error":"invalid_request"}"#), false),
        (json(503, "<html>Down</html>"), false),
        (json(200, "<html>Down</html>"), false),
        (response(302, "Location: https://login.salesforce.com/\r\n", ""), false),
    ] {
        let instance = Server::once(response.clone()).await;
        let result = client().revoke(&instance.context(), &tokens(&instance.url, &instance.url)).await;
        assert_eq!(result.is_ok(), is_revoked, "{response}");
        assert!(instance.requests()[0].ends_with("\r\n\r\ntoken=5Aep861.old"), "the token goes into the body");
    }
}

#[test]
fn callback_errors_map_to_connect_failures() {
    use ConnectFailure::{AccessDenied, AppBlocked, AppNotInstalled, ProviderError};
    for (error, description, expected) in [
        ("access_denied", "end-user denied authorization", AccessDenied),
        ("access-denied", "", AccessDenied),
        ("ACCESS_DENIED", "", AccessDenied),
        ("OAUTH_EC_APP_NOT_FOUND", "", AppNotInstalled),
        ("oauth_ec_app_not_found", "", AppNotInstalled),
        ("invalid_client", "app must be installed into org", AppNotInstalled),
        ("invalid_client", "External client app is not installed in this org", AppNotInstalled),
        ("OAUTH_APP_BLOCKED", "this app is blocked by admin", AppBlocked),
        ("OAUTH_APP_ACCESS_DENIED", "", AppBlocked),
        ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occurred", ProviderError),
        ("invalid_client", "invalid client credentials", ProviderError),
        ("invalid_grant", "inactive user", ProviderError),
        ("", "", ProviderError),
        ("<script>", "<script>", ProviderError),
    ] {
        assert_eq!(client().callback_failure(error, description), expected, "{error} {description}");
    }
}
