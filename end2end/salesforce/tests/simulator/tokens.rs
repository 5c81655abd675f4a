//! Tests of refresh, token rotation, revocation and introspection.

use crate::support::Setup;
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use std::time::Duration;

const LIMITS: &str = "/services/data/v67.0/limits";

#[tokio::test]
async fn refresh_without_rotation_returns_no_refresh_token() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    setup.control("sessions/expire", json!({})).await;
    let dead = setup.get(&tokens, LIMITS).await;
    assert_eq!(dead.status(), 401);
    assert_eq!(dead.json::<Value>().await.unwrap()[0]["errorCode"], "INVALID_SESSION_ID");

    let (status, fresh) = setup.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200);
    assert!(fresh.get("refresh_token").is_none() && fresh.get("expires_in").is_none());
    assert_eq!(fresh["instance_url"], setup.simulator.production_url());
    assert_eq!(setup.get(&fresh, LIMITS).await.status(), 200);
}

#[tokio::test]
async fn rotation_replaces_the_token_and_ends_earlier_sessions() {
    let setup = Setup::with(Options { rotation: true, ..Options::default() }).await;
    let tokens = setup.connect().await;
    let (_, fresh) = setup.refresh(&tokens["refresh_token"]).await;
    assert_ne!(fresh["refresh_token"], tokens["refresh_token"]);
    assert_eq!(setup.get(&tokens, LIMITS).await.status(), 401);
    assert_eq!(setup.get(&fresh, LIMITS).await.status(), 200);
}

#[tokio::test]
async fn replayed_refresh_token_revokes_the_grant() {
    let setup = Setup::with(Options { rotation: true, ..Options::default() }).await;
    let tokens = setup.connect().await;
    let (_, fresh) = setup.refresh(&tokens["refresh_token"]).await;
    let (status, error) = setup.refresh(&tokens["refresh_token"]).await;
    assert_eq!((status, error["error_description"].as_str()), (400, Some("expired access/refresh token")));
    assert_eq!(setup.get(&fresh, LIMITS).await.status(), 401);
    assert_eq!(setup.refresh(&fresh["refresh_token"]).await.0, 400);
}

#[tokio::test]
async fn one_of_two_concurrent_refreshes_fails_and_the_grant_stays() {
    let options = Options { rotation: true, refresh_duration: Duration::from_millis(200), ..Options::default() };
    let setup = Setup::with(options).await;
    let tokens = setup.connect().await;
    let token = &tokens["refresh_token"];
    let (first, second) = tokio::join!(setup.refresh(token), setup.refresh(token));
    let (won, lost) = if first.0 == 200 { (first, second) } else { (second, first) };
    assert_eq!((won.0, lost.0, lost.1["error"].as_str()), (200, 400, Some("invalid_grant")));
    assert_eq!(setup.refresh(&won.1["refresh_token"]).await.0, 200);
}

#[tokio::test]
async fn refresh_at_the_other_organization_is_rejected_like_a_revoked_token() {
    let mut setup = Setup::start().await;
    let tokens = setup.connect().await;
    let sandbox = setup.simulator.sandbox_url().to_owned();
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("client_id", &setup.app.client_id),
        ("client_secret", &setup.app.client_secret),
    ];
    let response = setup.http.post(format!("{sandbox}/services/oauth2/token")).form(&form).send().await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap()["error_description"], "expired access/refresh token");
    setup.simulator = Simulator::start(Options::default()).await.unwrap();
    assert_eq!(setup.refresh(&tokens["refresh_token"]).await.0, 400);
}

#[tokio::test]
async fn revocation_ends_the_grant_once_and_is_logged() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let revoke = || setup.http.post(setup.url("/services/oauth2/revoke")).form(&[("token", token)]).send();
    let response = revoke().await.unwrap();
    assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (200, ""));
    assert_eq!(setup.get(&tokens, LIMITS).await.status(), 401);
    let again = revoke().await.unwrap();
    assert_eq!(again.status(), 400);
    assert!(again.text().await.unwrap().starts_with("error=invalid_token"));
    let report = setup.report().await;
    assert_eq!(report["revocations"][0]["kind"], "refresh_token");
    assert_eq!(report["tokens"][0]["revoked"], true);
}

#[tokio::test]
async fn introspection_returns_the_expiry_to_the_app_only() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let introspect = |secret: &'static str, token: String| {
        let form = [("token", token), ("client_id", setup.app.client_id.clone()), ("client_secret", secret.to_owned())];
        setup.http.post(setup.url("/services/oauth2/introspect")).form(&form).send()
    };
    let access = tokens["access_token"].as_str().unwrap().to_owned();
    let response: Value = introspect("simulator-consumer-secret", access.clone()).await.unwrap().json().await.unwrap();
    assert_eq!(response["active"], true);
    assert_eq!(response["exp"].as_i64().unwrap() - response["iat"].as_i64().unwrap(), 7_200);
    assert_eq!(introspect("wrong", access.clone()).await.unwrap().status(), 401);
    setup.simulator.clock().advance(Duration::from_secs(7_300));
    let response: Value = introspect("simulator-consumer-secret", access).await.unwrap().json().await.unwrap();
    assert_eq!(response, json!({ "active": false }));
}

#[tokio::test]
async fn sixth_grant_revokes_the_oldest() {
    let setup = Setup::start().await;
    let first = setup.connect().await;
    for _ in 0..4 {
        setup.connect().await;
    }
    assert_eq!(setup.refresh(&first["refresh_token"]).await.0, 200);
    setup.connect().await;
    assert_eq!(setup.refresh(&first["refresh_token"]).await.0, 400);
}
