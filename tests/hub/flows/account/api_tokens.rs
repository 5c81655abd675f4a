//! API tokens: expiry, revocation and restrictions.

use lexicontract::domain::account::users::{NewApiToken, Role, TokenLifetime};
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::ids::UserId;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Hub};
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, Client, PasswordChange, UserChange};
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Fixture, open_hub};
use test_support::users::{PASSWORD, join, password_change};

const DAY: u64 = 24 * 60 * 60;

async fn create(hub: &Hub, actor: &Actor, name: &str, days: i64) -> NewApiToken {
    hub.create_api_token(actor, name, TokenLifetime::from_days(days).unwrap()).await.unwrap()
}

async fn works(hub: &Hub, token: &NewApiToken) -> bool {
    hub.actor_of_api_token(&Secret::from(token.token.as_str())).await.unwrap().is_some()
}

async fn disable(fixture: &Fixture, user: &UserId, is_disabled: bool) {
    let change = UserChange { is_disabled: Some(is_disabled), ..UserChange::default() };
    fixture.hub.update_user(&fixture.admin, user, change).await.unwrap();
}

/// Summaries of the audit log entries about revoked tokens, newest first.
async fn ended(fixture: &Fixture) -> Vec<String> {
    let filter = AuditFilter { kind: Some(ActivityKind::TokenRevoked), ..AuditFilter::default() };
    let lines = fixture.hub.audit_log(&fixture.admin, &filter, &PageRequest::default()).await.unwrap().items;
    lines.into_iter().map(|line| line.summary).collect()
}

#[tokio::test]
async fn an_expired_token_is_rejected_although_it_was_cached() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let hub = &fixture.hub;
        let (short, long) = (create(hub, &fixture.admin, "short", 1).await, create(hub, &fixture.admin, "long", 365).await);
        assert_eq!(short.expires_at.since(hub.clock().now()).as_secs(), DAY);
        fixture.advance(DAY - 1);
        let actor = hub.actor_of_api_token(&Secret::from(short.token.as_str())).await.unwrap().unwrap();
        assert!(works(hub, &short).await, "cached");
        fixture.hub.clock().advance(std::time::Duration::from_millis(999));
        assert!(works(hub, &short).await);
        fixture.hub.clock().advance(std::time::Duration::from_millis(1));
        assert!(!works(hub, &short).await && works(hub, &long).await);
        let late = hub.revoke_api_token(&actor, &long.id).await;
        assert!(matches!(late, Err(Error::Problem(Problem::NotSignedIn))), "a request in progress when its token expires");
    })
    .await;
}

#[tokio::test]
async fn tokens_cannot_create_tokens() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let token = create(&fixture.hub, &fixture.admin, "script", 90).await;
        let actor = fixture.hub.actor_of_api_token(&Secret::from(token.token.as_str())).await.unwrap().unwrap();
        let refused = fixture.hub.create_api_token(&actor, "another", TokenLifetime::default()).await.map(drop);
        assert!(matches!(refused, Err(Error::Problem(Problem::SessionRequired))));
        assert_eq!(opened.number("SELECT count(*) FROM api_tokens").await, 1);
        fixture.hub.revoke_api_token(&actor, &token.id).await.unwrap();
        assert!(!works(&fixture.hub, &token).await);
    })
    .await;
}

#[tokio::test]
async fn a_password_change_revokes_tokens_unless_they_are_kept() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, mia) = (&fixture.hub, join(&fixture.hub, &fixture.admin, "mia", Role::Member).await);
        let (own, others) = (create(hub, &mia, "CI", 90).await, create(hub, &fixture.admin, "admin", 90).await);
        let keep = PasswordChange { keeps_api_tokens: true, ..password_change(PASSWORD, "an entirely new password") };
        hub.change_password(&mia, keep).await.unwrap();
        assert!(works(hub, &own).await);
        hub.sign_out_everywhere(&fixture.admin).await.unwrap();
        assert!(works(hub, &others).await, "signing out ends sessions only");
        fixture.stay_signed_in().await;
        hub.change_password(&mia, password_change("an entirely new password", PASSWORD)).await.unwrap();
        assert!(!works(hub, &own).await && works(hub, &others).await);
        let admin = hub.sign_in("ada@example.com", PASSWORD.into(), &Client::default()).await.unwrap();
        let admin = hub.actor_of_session(&admin.session_token).await.unwrap().unwrap();
        let fixture = Fixture { admin, ..fixture };
        let expected = format!("The API token “CI” ({}) of mia was revoked because the password was changed", own.id);
        assert_eq!(ended(&fixture).await, [expected]);
    })
    .await;
}

#[tokio::test]
async fn disabling_or_removing_a_user_revokes_its_tokens_permanently() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let (hub, mia) = (&fixture.hub, join(&fixture.hub, &fixture.admin, "mia", Role::Member).await);
        let other_server = open_hub(&fixture.opened, None, &[]).await.unwrap();
        let first = create(hub, &mia, "first", 90).await;
        assert!(works(hub, &first).await && works(&other_server, &first).await);
        disable(&fixture, &mia.user_id, true).await;
        disable(&fixture, &mia.user_id, false).await;
        assert!(!works(hub, &first).await);
        assert_eq!(opened.number("SELECT count(*) FROM api_tokens").await, 0);
        let signed_in = hub.sign_in("mia@example.com", PASSWORD.into(), &Client::default()).await.unwrap();
        let mia = hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap();
        let second = create(hub, &mia, "second", 90).await;
        // Disables the user without revoking the token, as earlier releases did.
        execute(&opened.db, "UPDATE users SET is_disabled = TRUE WHERE name = 'mia'").await;
        disable(&fixture, &mia.user_id, false).await;
        assert!(!works(hub, &second).await);
        let signed_in = hub.sign_in("mia@example.com", PASSWORD.into(), &Client::default()).await.unwrap();
        let mia = hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap();
        let third = create(hub, &mia, "third", 90).await;
        hub.remove_user(&fixture.admin, &mia.user_id).await.unwrap();
        assert!(!works(hub, &third).await);
        let line = |token: &NewApiToken, name, why| {
            format!("The API token “{name}” ({}) of mia was revoked because the account was {why}", token.id)
        };
        let expected = [line(&third, "third", "removed"), line(&second, "second", "disabled"), line(&first, "first", "disabled")];
        assert_eq!(ended(&fixture).await, expected);
    })
    .await;
}

#[tokio::test]
async fn an_expired_token_is_listed_for_30_days_and_not_counted() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let hub = &fixture.hub;
        for number in 0..100 {
            create(hub, &fixture.admin, &number.to_string(), 1).await;
        }
        fixture.advance(DAY);
        fixture.stay_signed_in().await;
        create(hub, &fixture.admin, "one more", 365).await;
        let tokens = async || hub.api_tokens(&fixture.admin, &PageRequest::new(Some(100), None).unwrap()).await.unwrap().items;
        let (listed, now) = (tokens().await, hub.clock().now());
        assert_eq!(listed.len(), 100);
        assert!(listed[0].expires_at > now && listed[1].expires_at <= now);
        hub.revoke_api_token(&fixture.admin, &listed[1].id).await.unwrap();
        fixture.advance(30 * DAY);
        hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM api_tokens").await, 100, "not before 30 days have passed");
        fixture.advance(601);
        hub.run_housekeeping().await.unwrap();
        assert_eq!(tokens().await.into_iter().map(|token| token.name).collect::<Vec<_>>(), ["one more"]);
    })
    .await;
}
