//! Vault keys: rotation, and rejection of a wrong key at startup.

use lexicontract::services::{KeyCount, Rotation, SealedCookie};
use lexicontract::vault::Vault;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, open_hub};
use test_support::settings::FERNET_KEY;

#[tokio::test]
async fn rotation_keeps_connections_secrets_and_cookies() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        let fixture = fixture.fixture.connect().await;
        fixture.begin_to_reconnect(&fixture.connection.id).await;
        let cookie = SealedCookie::SavedForm { user: &fixture.admin.user_id };
        let kept = fixture.hub.seal_cookie(cookie, "kept in a browser");
        let fresh = Vault::generate_key();
        let both = format!("{},{FERNET_KEY}", fresh.expose());
        let hub = open_hub(&fixture.opened, Some(&fixture.simulator), &[("FERNET_KEY", &both)]).await.unwrap();
        let count = |key, values| KeyCount { key, values };
        let sealed = 7;
        assert_eq!(hub.count_keys().await.unwrap(), [count(Some(1), 0), count(Some(2), sealed), count(None, 0)]);
        let rotated = [count(Some(1), sealed), count(Some(2), 0), count(None, 0)];
        let mut progress = Vec::new();
        assert_eq!(hub.rotate_keys(|rotation| progress.push(rotation)).await.unwrap(), rotated);
        assert_eq!(progress.last(), Some(&Rotation { done: sealed, all: sealed }));
        assert!(progress.windows(2).all(|two| two[0].done < two[1].done) && progress.len() > 1, "{progress:?}");
        assert_eq!(hub.rotate_keys(drop).await.unwrap(), rotated, "a repeated rotation changes nothing");
        let settings = [("FERNET_KEY", fresh.expose().as_str())];
        let hub = open_hub(&fixture.opened, Some(&fixture.simulator), &settings).await.unwrap();
        assert!(hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap().ok);
        assert!(hub.webhook_caller(&fixture.secret).await.unwrap().is_some(), "the key of digests was rotated");
        let opened = hub.open_cookie(cookie, kept.expose()).map(|value| value.expose().clone());
        assert_eq!(opened.as_deref(), Some("kept in a browser"), "the key of cookies was rotated");
    })
    .await;
}

#[tokio::test]
async fn a_server_with_the_wrong_key_does_not_start() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let wrong = Vault::generate_key();
        let settings = [("FERNET_KEY", wrong.expose().as_str())];
        let error = open_hub(&fixture.opened, Some(&fixture.simulator), &settings).await.err().unwrap().to_string();
        assert!(error.contains("`FERNET_KEY` opens 0 of 5 stored credentials"), "{error}");
        assert!(open_hub(&fixture.opened, Some(&fixture.simulator), &[]).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn oauth_tokens_are_not_stored_in_plain_text() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let mut tx = fixture.opened.db.read().await.unwrap();
        let rows = lexicontract::db::connections::list(&mut tx, &fixture.admin.organization_id).await.unwrap();
        let stored = String::from_utf8(rows[0].credentials.clone()).unwrap();
        assert!(stored.starts_with("gAAAA"));
        let refresh_token = fixture.salesforce().grants.all()[0].refresh_token.clone().unwrap();
        assert!(!stored.contains(&refresh_token));
    })
    .await;
}
