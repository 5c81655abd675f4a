//! The audit log: recorded actions, filters and access.

use lexicontract::domain::account::users::{Role, TokenLifetime};
use lexicontract::domain::audit::{AuditEntry, AuditFilter};
use lexicontract::domain::connection::StatusFieldType;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Hub};
use lexicontract::request_context::RequestContext;
use lexicontract::services::{Actor, Client, ConnectionChange, UserChange};
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{BEGINNING, Connected, Fixture, open_hub};
use test_support::settings::FERNET_KEY;
use test_support::users::{PASSWORD, join, register};

async fn log(hub: &Hub, actor: &Actor, filter: &AuditFilter) -> Vec<AuditEntry> {
    hub.flush_background().await;
    hub.audit_log(actor, filter, &PageRequest::new(Some(100), None).unwrap()).await.unwrap().items
}

/// Kinds of the matching audit entries, oldest first.
async fn kinds(hub: &Hub, actor: &Actor, filter: &AuditFilter) -> Vec<String> {
    log(hub, actor, filter).await.into_iter().rev().map(|entry| entry.kind).collect()
}

#[tokio::test]
async fn security_relevant_actions_are_recorded() {
    on_every_database(async |opened| {
        let connected = Connected::start(opened).await;
        let (hub, admin) = (&connected.hub, &connected.admin);
        let mia = join(hub, admin, "mia", Role::Member).await.user_id;
        hub.sign_in("mia@example.com", PASSWORD.into(), &Client::default()).await.unwrap();
        assert!(hub.sign_in("mia@example.com", "wrong horse battery".into(), &Client::default()).await.is_err());
        hub.flush_background().await;
        let change = UserChange { role: Some(Role::Admin), ..UserChange::default() };
        hub.update_user(admin, &mia, change).await.unwrap();
        let made = hub.create_api_token(admin, "build", TokenLifetime::default()).await.unwrap();
        hub.revoke_api_token(admin, &made.id).await.unwrap();
        let off = ConnectionChange { is_enabled: Some(false), ..ConnectionChange::default() };
        hub.update_connection(admin, &connected.connection.id, off).await.unwrap();
        hub.disconnect(admin, &connected.connection.id).await.unwrap();
        hub.remove_user(admin, &mia).await.unwrap();
        let expected = [
            "registered",
            "connected",
            "webhook_secret_made",
            "user_invited",
            "invitation_accepted",
            "signed_in",
            "sign_in_failed",
            "user_changed",
            "token_created",
            "token_revoked",
            "connection_changed",
            "disconnected",
            "user_removed",
        ];
        assert_eq!(kinds(hub, admin, &AuditFilter::default()).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_line_holds_actor_credential_address_and_request() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let from = RequestContext {
            address: Some("2001:db8::7".parse().unwrap()),
            request_id: Some("r-17".to_owned()),
            client_request_id: Some("c-4".to_owned()),
        };
        from.clone().scope(fixture.hub.create_api_token(&fixture.admin, "build", TokenLifetime::default())).await.unwrap();
        let failed = from.scope(fixture.hub.sign_in("ada@example.com", "wrong horse battery".into(), &Client::default())).await;
        assert!(failed.is_err());
        fixture.hub.sign_in("unknown@example.com", "wrong horse battery".into(), &Client::default()).await.err().unwrap();
        let lines = log(&fixture.hub, &fixture.admin, &AuditFilter::default()).await;
        assert_eq!(lines.len(), 3, "unknown accounts have no organization: {lines:?}");
        let [failed, made, registered] = lines.as_slice() else { panic!() };
        assert!(made.summary.starts_with("ada created the API token “build” (tok_"), "{}", made.summary);
        assert_eq!(made.actor, "ada");
        assert_eq!(made.actor_id.as_ref(), Some(&fixture.admin.user_id));
        assert!(made.via.as_deref().unwrap().starts_with("ses_"));
        assert_eq!(made.address.as_deref(), Some("2001:db8::7"));
        assert_eq!(made.request_id.as_deref(), Some("r-17"));
        assert_eq!(made.client_request_id.as_deref(), Some("c-4"));
        assert_eq!(made.sequence, Some(2));
        assert_eq!(made.previous_hash, registered.hash);
        assert_eq!(failed.actor_id.as_ref(), Some(&fixture.admin.user_id));
        assert_eq!(failed.via, None);
        assert_eq!(failed.address.as_deref(), Some("2001:db8::7"));
        assert_eq!(failed.request_id.as_deref(), Some("r-17"));
        assert_eq!(registered.address, None);
        assert_eq!(registered.request_id, None);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_filtered_and_paged_newest_first() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        for _ in 0..3 {
            fixture.advance(60);
            hub.create_api_token(admin, "build", TokenLifetime::default()).await.unwrap();
        }
        let now = hub.clock().now();
        let only = |filter: AuditFilter| async move { kinds(hub, admin, &filter).await.len() };
        assert_eq!(only(AuditFilter { kind: Some(ActivityKind::TokenCreated), ..AuditFilter::default() }).await, 3);
        assert_eq!(only(AuditFilter { kind: Some(ActivityKind::Disconnected), ..AuditFilter::default() }).await, 0);
        assert_eq!(only(AuditFilter { from: Some(now), ..AuditFilter::default() }).await, 1);
        assert_eq!(only(AuditFilter { until: Some(now), ..AuditFilter::default() }).await, 3);
        assert_eq!(only(AuditFilter { actor_id: Some(admin.user_id.clone()), ..AuditFilter::default() }).await, 4);
        assert_eq!(only(AuditFilter { actor_id: Some(lexicontract::random::new_id()), ..AuditFilter::default() }).await, 0);
        let page = PageRequest::new(Some(3), None).unwrap();
        let first = hub.audit_log(admin, &AuditFilter::default(), &page).await.unwrap();
        let page = PageRequest::new(Some(3), first.next_cursor).unwrap();
        let second = hub.audit_log(admin, &AuditFilter::default(), &page).await.unwrap();
        assert_eq!((first.items.len(), second.items.len()), (3, 1), "lines per page");
        assert_eq!(second.next_cursor, None);
        assert!(first.items.windows(2).all(|pair| pair[0].id.as_str() > pair[1].id.as_str()));
    })
    .await;
}

#[tokio::test]
async fn admins_read_only_their_own_log() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let eve = register(&fixture.hub, "eve").await;
        let theirs = log(&fixture.hub, &eve, &AuditFilter::default()).await;
        assert_eq!(theirs.len(), 1);
        assert!(theirs[0].summary.starts_with("eve registered"));
        let member = Actor { role: Role::Member, ..fixture.admin.clone() };
        let refused = fixture.hub.audit_log(&member, &AuditFilter::default(), &PageRequest::default()).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Forbidden))));
        let nonsense = PageRequest::new(None, Some("nonsense".to_owned())).unwrap();
        assert!(fixture.hub.audit_log(&fixture.admin, &AuditFilter::default(), &nonsense).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn key_rotations_are_recorded_for_every_organization() {
    on_every_database(async |opened| {
        let connected = Connected::start(opened).await;
        let eve = register(&connected.hub, "eve").await;
        let key = lexicontract::vault::Vault::generate_key();
        let both = format!("{},{}", key.expose(), FERNET_KEY);
        let hub = open_hub(&connected.opened, None, &[("FERNET_KEY", &both)]).await.unwrap();
        hub.rotate_keys(drop).await.unwrap();
        hub.rotate_keys(drop).await.unwrap();
        let filter = AuditFilter { kind: Some(ActivityKind::KeysRotated), ..AuditFilter::default() };
        for actor in [&connected.admin, &eve] {
            let lines = log(&hub, actor, &filter).await;
            assert_eq!(lines.len(), 1, "the second run changed nothing");
            assert_eq!(lines[0].actor, "Operator");
        }
    })
    .await;
}

#[tokio::test]
async fn dry_runs_and_package_downloads_are_recorded() {
    on_every_database(async |opened| {
        let connected = Connected::start(opened).await;
        let (hub, admin, id) = (&connected.hub, &connected.admin, &connected.connection.id);
        let opportunity = connected.opportunity("Rollout", None);
        hub.dry_run(admin, id, opportunity.as_str()).await.unwrap();
        hub.setup_package(admin, id, StatusFieldType::default()).await.unwrap();
        let lines = log(hub, admin, &AuditFilter::default()).await;
        let [package, dry_run, ..] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!(package.kind, "setup_package_downloaded");
        assert_eq!(dry_run.kind, "dry_run");
        assert_eq!(dry_run.summary, format!("ada made a dry run for {opportunity}"));
        for line in [package, dry_run] {
            assert_eq!(line.connection_id.as_ref(), Some(id));
            assert_eq!(line.actor_id.as_ref(), Some(&admin.user_id));
            assert!(line.via.as_deref().unwrap().starts_with("ses_"));
        }
    })
    .await;
}

#[tokio::test]
async fn rejections_are_written_after_their_minute() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let filter = AuditFilter { kind: Some(ActivityKind::Refused), ..AuditFilter::default() };
        let from = |id: &str| RequestContext { request_id: Some(id.to_owned()), ..RequestContext::default() };
        for id in ["r-1", "r-2"] {
            from(id).scope(async { hub.record_rejection(admin, "GET /team".to_owned()) }).await;
        }
        hub.write_rejections().await.unwrap();
        assert_eq!(log(hub, admin, &filter).await.len(), 0, "the minute has not ended");
        fixture.advance(60);
        hub.record_rejection(admin, "GET /team".to_owned());
        hub.write_rejections().await.unwrap();
        let lines = log(hub, admin, &filter).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].summary, "ada was denied access to GET /team 2 times");
        assert_eq!((lines[0].at, lines[0].request_id.as_deref()), (BEGINNING, Some("r-2")), "time and request of the last one");
        hub.write_all_rejections().await.unwrap();
        hub.write_all_rejections().await.unwrap();
        let lines = log(hub, admin, &filter).await;
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].summary, "ada was denied access to GET /team once");
    })
    .await;
}

#[tokio::test]
async fn rejections_are_kept_until_the_database_accepts_them() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        fixture.hub.record_rejection(&fixture.admin, "GET /team".to_owned());
        let hidden = ["ALTER TABLE audit_heads RENAME TO hidden", "ALTER TABLE hidden RENAME TO audit_heads"];
        execute(&fixture.opened.db, hidden[0]).await;
        assert!(fixture.hub.write_all_rejections().await.is_err());
        execute(&fixture.opened.db, hidden[1]).await;
        fixture.hub.record_rejection(&fixture.admin, "GET /team".to_owned());
        fixture.hub.write_all_rejections().await.unwrap();
        let filter = AuditFilter { kind: Some(ActivityKind::Refused), ..AuditFilter::default() };
        let lines = log(&fixture.hub, &fixture.admin, &filter).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].summary, "ada was denied access to GET /team 2 times");
    })
    .await;
}
