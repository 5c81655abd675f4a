//! Authorization, refresh and revocation.

use crate::provider::{Connected, Grants, VERIFIER, authorize};
use lexicontract::connectors::Kind;
use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::secret::Secret;
use std::collections::HashMap;

#[tokio::test]
async fn authorize_url_has_state_challenge_and_callback() {
    Connected::each(Grants::Keep, async |connected| {
        let (_, url) = authorize(connected.oauth(), &*connected.simulator);
        let parameters: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let callback = format!("/api/v1/integrations/{}/callback", connected.connector.slug);
        assert!(parameters["redirect_uri"].ends_with(&callback), "{url}");
        assert_eq!((parameters["response_type"].as_str(), parameters["state"].as_str()), ("code", "r4nd"), "{url}");
        assert_eq!(parameters["code_challenge_method"], "S256");
        assert_eq!(parameters["code_challenge"], "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(
            parameters["scope"],
            connected.oauth().method().scopes.iter().map(|scope| scope.name).collect::<Vec<_>>().join(" ")
        );
        assert!(!url.as_str().contains(VERIFIER));
    })
    .await;
}

#[tokio::test]
async fn code_requires_its_verifier_and_works_once() {
    Connected::each(Grants::Keep, async |connected| {
        let client = connected.oauth();
        let ctx = connected.simulator.ctx();
        for (verifier, second) in [("another-verifier-another-verifier-another-", false), (VERIFIER, true)] {
            let (login, url) = authorize(client, &*connected.simulator);
            let code = Secret::from(connected.simulator.allow(&url).await["code"].as_str());
            if second {
                client.exchange(ctx, &login, &code, &Secret::from(verifier)).await.unwrap();
            }
            let error = client.exchange(ctx, &login, &code, &Secret::from(verifier)).await.unwrap_err();
            assert!(!error.to_string().contains(code.expose().as_str()), "{error}");
        }
        assert_eq!(client.callback_failure("access_denied", ""), ConnectFailure::AccessDenied);
        assert_eq!(client.callback_failure("<script>", ""), ConnectFailure::ProviderError);
    })
    .await;
}

#[tokio::test]
async fn every_session_identifies_the_same_account() {
    Connected::each(Grants::Keep, async |connected| {
        let identity = connected.connector.identity;
        let account = identity.identify(&connected.call()).await.unwrap();
        assert!(!account.external_id.is_empty() && !account.label.is_empty());
        let next = connected.oauth().refresh(connected.simulator.ctx(), &connected.tokens).await.unwrap();
        assert_eq!(next.refresh_token, connected.tokens.refresh_token, "the refresh token is kept");
        assert_eq!(identity.identify(&connected.call_with(&next)).await.unwrap(), account);
    })
    .await;
}

#[tokio::test]
async fn rotated_refresh_token_is_taken_over_and_the_old_one_is_rejected() {
    Connected::each(Grants::Rotate, async |connected| {
        let (client, ctx) = (connected.oauth(), connected.simulator.ctx());
        let second = client.refresh(ctx, &connected.tokens).await.unwrap();
        assert_ne!(connected.tokens.refresh_token, second.refresh_token);
        connected.connector.identity.identify(&connected.call_with(&second)).await.unwrap();
        let error = client.refresh(ctx, &connected.tokens).await.unwrap_err();
        assert_eq!((error.kind, error.outcome_unknown), (Kind::GrantDead, false), "{error}");
    })
    .await;
}

#[tokio::test]
async fn revocation_ends_the_grant_and_is_idempotent() {
    Connected::each(Grants::Keep, async |connected| {
        let (client, ctx) = (connected.oauth(), connected.simulator.ctx());
        client.revoke(ctx, &connected.tokens).await.unwrap();
        client.revoke(ctx, &connected.tokens).await.unwrap();
        let error = connected.connector.identity.identify(&connected.call()).await.unwrap_err();
        assert_eq!(error.kind, Kind::SessionExpired, "{error}");
        assert_eq!(client.refresh(ctx, &connected.tokens).await.unwrap_err().kind, Kind::GrantDead);
    })
    .await;
}
