//! Tests of the authorization endpoint and of the code exchange.

use crate::support::{Setup, VERIFIER, callback, value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use salesforce_simulator::Options;
use serde_json::json;
use sha2::Sha256;
use std::time::Duration;

#[tokio::test]
async fn consent_leads_to_tokens_in_salesforces_format() {
    let setup = Setup::start().await;
    let page = setup.http.get(setup.url("/services/oauth2/authorize")).query(&setup.authorize_parameters()).send().await;
    let page = page.unwrap().text().await.unwrap();
    assert!(page.contains(">Allow</button>") && page.contains(">Deny</button>") && page.contains("LexiContract AI"));

    let pairs = setup.decide("allow", setup.authorize_parameters()).await;
    let code = value(&pairs, "code");
    assert_eq!(value(&pairs, "state"), "some state/+=");
    assert!(code.starts_with("aPrx") && code.ends_with("=="), "{code}");

    let (status, tokens) = setup.exchange(&code, VERIFIER).await;
    assert_eq!(status, 200);
    assert!(tokens.get("expires_in").is_none());
    assert_eq!(tokens["instance_url"], setup.simulator.production_url());
    assert!(tokens["refresh_token"].as_str().unwrap().starts_with("5Aep861"));
    let organization_id = setup.simulator.production().state().organization_id.clone();
    assert!(tokens["access_token"].as_str().unwrap().starts_with(&format!("{}!", &organization_id[..15])));

    let signed = format!("{}{}", tokens["id"].as_str().unwrap(), tokens["issued_at"].as_str().unwrap());
    let mut hash = Hmac::<Sha256>::new_from_slice(setup.app.client_secret.as_bytes()).unwrap();
    hash.update(signed.as_bytes());
    assert_eq!(tokens["signature"], STANDARD.encode(hash.finalize().into_bytes()));
}

#[tokio::test]
async fn denial_and_injected_error_reach_the_callback_with_state() {
    let setup = Setup::start().await;
    let pairs = setup.decide("deny", setup.authorize_parameters()).await;
    assert_eq!(value(&pairs, "error"), "access_denied");
    assert_eq!(value(&pairs, "state"), "some state/+=");

    setup.control("oauth", json!({ "deny_with": "OAUTH_EC_APP_NOT_FOUND" })).await;
    let ask = || setup.http.get(setup.url("/services/oauth2/authorize")).query(&setup.authorize_parameters()).send();
    assert_eq!(value(&callback(&ask().await.unwrap()), "error"), "OAUTH_EC_APP_NOT_FOUND");
    assert_eq!(ask().await.unwrap().status(), 200);
}

#[tokio::test]
async fn unknown_app_or_callback_gives_a_text_page_without_redirect() {
    let setup = Setup::start().await;
    for (name, wrong, text) in [
        (
            "redirect_uri",
            "http://127.0.0.1:3000/api/v1/integrations/salesforce/callback/",
            "redirect_uri must match configuration",
        ),
        ("client_id", "unknown", "client identifier invalid"),
    ] {
        let mut parameters = setup.authorize_parameters();
        parameters.retain(|(key, _)| key != name);
        parameters.push((name.to_owned(), wrong.to_owned()));
        let response = setup.http.get(setup.url("/services/oauth2/authorize")).query(&parameters).send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().contains(text));
    }
}

#[tokio::test]
async fn wrong_verifier_is_rejected_and_pkce_can_be_required() {
    let setup = Setup::with(Options { require_pkce: true, ..Options::default() }).await;
    let (status, error) = setup.exchange(&setup.code().await, "another-verifier-of-at-least-forty-three-characters").await;
    assert_eq!((status, error["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(error["error_description"], "Invalid Code Verifier");

    let mut parameters = setup.authorize_parameters();
    parameters.retain(|(key, _)| !key.starts_with("code_challenge"));
    let response = setup.http.get(setup.url("/services/oauth2/authorize")).query(&parameters).send().await.unwrap();
    assert_eq!(value(&callback(&response), "error_description"), "missing required code challenge");
}

#[tokio::test]
async fn second_use_of_a_code_fails_and_revokes_the_grant() {
    let setup = Setup::start().await;
    let code = setup.code().await;
    let (_, tokens) = setup.exchange(&code, VERIFIER).await;
    let (status, error) = setup.exchange(&code, VERIFIER).await;
    assert_eq!((status, error["error_description"].as_str()), (400, Some("expired authorization code")));
    assert_eq!(setup.get(&tokens, "/services/data/v67.0/limits").await.status(), 401);
    assert_eq!(setup.exchange("aPrxunknown==", VERIFIER).await.1["error_description"], "invalid authorization code");
}

#[tokio::test]
async fn codes_expire_after_fifteen_minutes() {
    let setup = Setup::start().await;
    let (in_time, too_late) = (setup.code().await, setup.code().await);
    setup.simulator.clock().advance(Duration::from_secs(14 * 60));
    assert_eq!(setup.exchange(&in_time, VERIFIER).await.0, 200);
    setup.simulator.clock().advance(Duration::from_secs(2 * 60));
    assert_eq!(setup.exchange(&too_late, VERIFIER).await.1["error_description"], "expired authorization code");
}

#[tokio::test]
async fn wrong_secret_unknown_app_and_injected_error_have_different_codes() {
    let mut setup = Setup::start().await;
    let code = setup.code().await;
    setup.control("oauth", json!({ "token_error": { "error": "unknown_error", "description": "retry your request" } })).await;
    assert_eq!(setup.exchange(&code, VERIFIER).await.1["error"], "unknown_error");
    setup.app.client_secret = "wrong".to_owned();
    assert_eq!(setup.exchange(&code, VERIFIER).await.1["error"], "invalid_client");
    setup.app.client_id = "unknown".to_owned();
    assert_eq!(setup.exchange(&code, VERIFIER).await.1["error"], "invalid_client_id");
}

#[tokio::test]
async fn identity_and_userinfo_name_the_user_and_reject_invalid_tokens() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let path = tokens["id"].as_str().unwrap().strip_prefix(setup.simulator.production_url()).unwrap().to_owned();
    let identity: serde_json::Value = setup.get(&tokens, &path).await.json().await.unwrap();
    assert_eq!(identity["username"], "dana.whitfield@acme.example");
    let info: serde_json::Value = setup.get(&tokens, "/services/oauth2/userinfo").await.json().await.unwrap();
    assert_eq!(info["organization_id"], identity["organization_id"]);

    setup.control("sessions/expire", json!({})).await;
    let refused = setup.get(&tokens, &path).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.text().await.unwrap(), "Bad_OAuth_Token");
}
