//! Isolation: an organization cannot read or change another organization's rows.

mod contracts;
mod deliveries;

use super::rows::{NOW, Place, after, page, salesforce};
use lexicontract::db::Tx;
use lexicontract::db::account::api_tokens;
use lexicontract::db::account::users::{self, UserRow};
use lexicontract::db::auth::sessions;
use lexicontract::db::connections::issues::{self, NewIssue};
use lexicontract::db::connections::{self, ConnectionRow, connect_links, oauth_flows, revocations, webhook_secrets};
use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::connection::{ConnectionStatus, Environment, SecretPurpose};
use lexicontract::domain::ids::OrganizationId;
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

/// Inserts an organization with rows, and a second organization that must not access the rows.
async fn ours_and_a_stranger(tx: &mut Tx) -> (Place, OrganizationId) {
    let ours = Place::insert(tx, "ours").await;
    let stranger: OrganizationId = new_id();
    lexicontract::db::account::organizations::insert(tx, &stranger, "stranger", NOW).await.unwrap();
    (ours, stranger)
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_users() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let user = &ours.user;
        let session = sessions::NewSession {
            id: &new_id(),
            organization_id: &ours.organization,
            user_id: &user.id,
            token_digest: "session",
            expires_at: after(100),
        };
        sessions::insert(&mut tx, &session, NOW).await.unwrap();
        assert!(users::find(&mut tx, &stranger, &user.id).await.unwrap().is_none());
        assert!(users::list(&mut tx, &stranger, None, &page(5)).await.unwrap().is_empty());
        assert_eq!(users::other_admins(&mut tx, &stranger, &new_id()).await.unwrap(), 0);
        let foreign = UserRow { organization_id: stranger.clone(), role: Role::Viewer, is_disabled: true, ..user.clone() };
        users::update(&mut tx, &foreign).await.unwrap();
        users::set_password(&mut tx, &stranger, &user.id, "stolen").await.unwrap();
        sessions::delete_of_user(&mut tx, &stranger, &user.id).await.unwrap();
        assert!(!sessions::delete_one(&mut tx, &stranger, &user.id, session.id).await.unwrap());
        assert_eq!(sessions::delete_others(&mut tx, &stranger, &user.id, &new_id()).await.unwrap(), 0);
        assert!(
            sessions::of_user(&mut tx, &stranger, &user.id, NOW, NOW - std::time::Duration::from_secs(1))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(!users::delete(&mut tx, &stranger, &user.id).await.unwrap());
        let found = users::find(&mut tx, &ours.organization, &user.id).await.unwrap().unwrap();
        assert_eq!(
            (found.role, found.is_disabled, &found.password_hash),
            (Role::Admin, false, &user.password_hash),
            "role, is disabled, password hash"
        );
        let idle_since = NOW - std::time::Duration::from_secs(1);
        assert!(sessions::find_live(&mut tx, "session", NOW, idle_since).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_no_tokens_and_no_revocations() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let id = new_id();
        let token = api_tokens::NewApiTokenRow {
            id: &id,
            organization_id: &ours.organization,
            user_id: &ours.user.id,
            name: "n",
            prefix: "p",
            token_digest: "token",
            expires_at: after(1),
        };
        api_tokens::insert(&mut tx, &token, NOW).await.unwrap();
        assert!(api_tokens::list(&mut tx, &stranger, None, None, &page(5)).await.unwrap().is_empty());
        assert!(api_tokens::delete(&mut tx, &stranger, None, &id).await.unwrap().is_none());
        assert!(api_tokens::delete_of_user(&mut tx, &stranger, &ours.user.id).await.unwrap().is_empty());
        assert!(api_tokens::find_live(&mut tx, "token", NOW).await.unwrap().is_some());
        let row = revocations::RevocationRow {
            id: "rev_1".to_owned(),
            organization_id: ours.organization.clone(),
            integration_id: salesforce(),
            credentials: vec![1],
        };
        revocations::insert(&mut tx, &row, NOW).await.unwrap();
        assert!(revocations::find(&mut tx, &stranger, "rev_1").await.unwrap().is_none());
        revocations::delete(&mut tx, &stranger, "rev_1").await.unwrap();
        assert!(revocations::find(&mut tx, &ours.organization, "rev_1").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_connection() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (id, account) = (&ours.connection.id, &ours.connection.external_account_id);
        assert!(connections::find(&mut tx, &stranger, id).await.unwrap().is_none());
        assert!(connections::list(&mut tx, &stranger).await.unwrap().is_empty());
        let production = Environment::Production;
        assert!(connections::find_in_environment(&mut tx, &stranger, &salesforce(), production, "").await.unwrap().is_none());
        assert!(connections::find_by_account(&mut tx, &stranger, &salesforce(), account).await.unwrap().is_none());
        let foreign = ConnectionRow {
            organization_id: stranger.clone(),
            is_enabled: false,
            credentials: b"stolen".to_vec(),
            ..ours.connection.clone()
        };
        connections::update_settings(&mut tx, &foreign, after(1)).await.unwrap();
        connections::reconnect(&mut tx, &foreign, after(1)).await.unwrap();
        issues::record_success(&mut tx, &stranger, id, after(1)).await.unwrap();
        issues::record_key_accepted(&mut tx, &stranger, id, after(1)).await.unwrap();
        issues::pause(&mut tx, &stranger, id, after(1)).await.unwrap();
        let trouble = NewIssue { sentence: "Stolen.", cause: "stolen", responsible: Responsible::Operator };
        let degraded = ConnectionStatus::Degraded;
        assert!(!issues::set_issue(&mut tx, &foreign, degraded, &trouble, after(1)).await.unwrap());
        assert!(!connections::take_refresh_lease(&mut tx, &foreign, "l", NOW, after(1)).await.unwrap());
        assert!(connections::take_refresh_lease(&mut tx, &ours.connection, "ours", NOW, after(1)).await.unwrap());
        assert!(!connections::is_refreshing(&mut tx, &stranger, id, NOW).await.unwrap());
        assert!(!connections::finish_refresh(&mut tx, &foreign, b"stolen", after(1)).await.unwrap());
        connections::renew_refresh_lease(&mut tx, &foreign, "ours", NOW).await.unwrap();
        connections::release_refresh_lease(&mut tx, &foreign, "ours").await.unwrap();
        assert!(!connections::take_refresh_lease(&mut tx, &ours.connection, "again", NOW, after(1)).await.unwrap());
        assert!(!connections::delete(&mut tx, &stranger, id).await.unwrap());
        let found = connections::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.credentials, found.credentials_version),
            (ours.connection.credentials, 1),
            "credentials, credentials version"
        );
        assert_eq!(
            (found.is_enabled, found.status, found.updated_at),
            (true, ConnectionStatus::Connected, NOW),
            "is enabled, status, updated at"
        );
        assert_eq!((found.issue_cause, found.paused_until), (None, None), "issue cause, paused until");
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_removes_no_connect_link() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let id = new_id();
        let row = connect_links::NewConnectLinkRow {
            id: &id,
            organization_id: &ours.organization,
            user_id: &ours.user.id,
            token_digest: "link",
            integration_id: &salesforce(),
            environment: Environment::Sandbox,
            host: "",
            expires_at: after(1),
        };
        connect_links::insert(&mut tx, &row, NOW).await.unwrap();
        assert!(connect_links::find_locked(&mut tx, &stranger, &id).await.unwrap().is_none());
        assert!(connect_links::list_open(&mut tx, &stranger, NOW).await.unwrap().is_empty());
        assert!(connect_links::unused_of_user(&mut tx, &stranger, &ours.user.id).await.unwrap().is_empty());
        assert_eq!(connect_links::count_open(&mut tx, &stranger, NOW).await.unwrap(), 0);
        assert!(!connect_links::take(&mut tx, &stranger, &id, NOW).await.unwrap());
        assert!(!connect_links::delete_unused(&mut tx, &stranger, &id).await.unwrap());
        let browser = oauth_flows::connection_of_link(&mut tx, &stranger, &id, "browser").await.unwrap();
        assert_eq!(browser, None);
        let found = connect_links::find_by_token(&mut tx, "link").await.unwrap().unwrap();
        assert!(found.is_open(NOW) && !found.is_open(after(1)));
        assert_eq!(connect_links::count_open(&mut tx, &ours.organization, NOW).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_retires_no_webhook_secret() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let row = webhook_secrets::WebhookSecretRow {
            digest: "digest".to_owned(),
            organization_id: ours.organization.clone(),
            connection_id: ours.connection.id.clone(),
            purpose: SecretPurpose::Webhook,
            prefix: "lcwh_abcd".to_owned(),
            created_at: NOW,
            valid_until: None,
            last_used_at: None,
            signing_key: None,
            last_signed_at: None,
        };
        webhook_secrets::insert(&mut tx, &row).await.unwrap();
        let id = &ours.connection.id;
        assert!(webhook_secrets::list(&mut tx, &stranger, id, NOW).await.unwrap().is_empty());
        assert!(!webhook_secrets::retire(&mut tx, &stranger, id, SecretPurpose::Webhook, NOW, NOW).await.unwrap());
        assert!(webhook_secrets::find_caller(&mut tx, "digest", after(1)).await.unwrap().is_some());
    })
    .await;
}
