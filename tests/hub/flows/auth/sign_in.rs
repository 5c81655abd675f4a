//! Sign-in: rate limits, start of a session, and end of the browser's previous session.

use crate::waiting::somebody_waits;
use lexicontract::db::account::users;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Hub, Result};
use lexicontract::secret::Secret;
use lexicontract::services::{Client, NewUser, Registration, SignedIn};
use test_support::databases::on_every_database;
use test_support::fixture::{Fixture, open_hub};
use test_support::users::{PASSWORD, password_change, register};

const ADA: &str = "ada@example.com";
const WRONG: &str = "wrong horse battery";

fn from(network: u8) -> Client {
    Client { address: Some([192, 0, 2, network].into()), ..Client::default() }
}

async fn sign_in(hub: &Hub, email: &str, password: &str, client: &Client) -> std::result::Result<SignedIn, Problem> {
    hub.sign_in(email, Secret::from(password), client).await.map_err(Error::report)
}

/// Signs in and returns a short name of the outcome.
async fn outcome(hub: &Hub, email: &str, password: &str, client: &Client) -> &'static str {
    match sign_in(hub, email, password, client).await {
        Ok(_) => "signed in",
        Err(problem) => problem.code(),
    }
}

async fn fail(hub: &Hub, email: &str, client: &Client, times: usize) {
    for _ in 0..times {
        assert_eq!(outcome(hub, email, WRONG, client).await, "wrong_credentials");
    }
}

#[tokio::test]
async fn failures_of_one_network_do_not_lock_out_others() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let hub = &fixture.hub;
        fail(hub, ADA, &from(1), 20).await;
        assert_eq!(outcome(hub, ADA, PASSWORD, &from(1)).await, "too_many_requests");
        assert_eq!(outcome(hub, " ADA@Example.com ", PASSWORD, &from(1)).await, "too_many_requests", "the same account");
        assert_eq!(outcome(hub, ADA, PASSWORD, &from(2)).await, "signed in");
        fixture.advance(15);
        assert_eq!(outcome(hub, ADA, PASSWORD, &from(1)).await, "signed in");
        for _ in 0..30 {
            assert_eq!(outcome(hub, ADA, PASSWORD, &from(3)).await, "signed in", "only failures count");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_address_has_the_same_limits_as_an_account() {
    on_every_database(async |opened| {
        let settings = [("RATE_LIMIT_FACTOR", "0.1")];
        let hub = &Fixture::with(opened, &settings).await.hub;
        for email in [ADA, "unknown@example.com"] {
            for network in 1..=10 {
                fail(hub, email, &from(network), 2).await;
                assert_eq!(outcome(hub, email, WRONG, &from(network)).await, "too_many_requests", "{email} from {network}");
            }
            assert_eq!(outcome(hub, email, WRONG, &from(11)).await, "too_many_requests", "{email} from anywhere");
        }
        assert_eq!(outcome(hub, ADA, PASSWORD, &from(12)).await, "too_many_requests", "a right password, too");
    })
    .await;
}

#[tokio::test]
async fn a_known_browser_is_not_locked_out_by_others() {
    on_every_database(async |opened| {
        let settings = [("RATE_LIMIT_FACTOR", "0.1")];
        let fixture = Fixture::with(opened, &settings).await;
        let hub = &fixture.hub;
        let browser = sign_in(hub, ADA, PASSWORD, &from(1)).await.unwrap().known_browser;
        let known = |network| Client { known_browser: Some(browser.clone()), ..from(network) };
        for network in 1..=10 {
            fail(hub, ADA, &from(network), 2).await;
        }
        assert_eq!(outcome(hub, ADA, PASSWORD, &from(1)).await, "too_many_requests");
        assert_eq!(outcome(hub, ADA, PASSWORD, &known(1)).await, "signed in", "from the network that failed");
        assert_eq!(outcome(hub, ADA, PASSWORD, &known(99)).await, "signed in", "and from another one");
        // Attempts with the cookie of a known browser have their own limit, so a stolen cookie does not allow unlimited guesses.
        fail(hub, ADA, &known(1), 2).await;
        assert_eq!(outcome(hub, ADA, PASSWORD, &known(2)).await, "too_many_requests");
        let forged = Client { known_browser: Some("forged".into()), ..from(1) };
        assert_eq!(outcome(hub, ADA, PASSWORD, &forged).await, "too_many_requests");
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_known_only_for_its_own_accounts() {
    on_every_database(async |opened| {
        let settings = [("RATE_LIMIT_FACTOR", "0.1")];
        let fixture = Fixture::with(opened, &settings).await;
        let hub = &fixture.hub;
        let eve = register(hub, "eve").await;
        let browser = sign_in(hub, &eve.email, PASSWORD, &from(1)).await.unwrap().known_browser;
        let of_eve = Client { known_browser: Some(browser), ..from(1) };
        fail(hub, ADA, &of_eve, 2).await;
        assert_eq!(outcome(hub, ADA, PASSWORD, &of_eve).await, "too_many_requests");
        let both = Client { known_browser: Some(sign_in(hub, ADA, PASSWORD, &from(2)).await.unwrap().known_browser), ..from(3) };
        let both =
            Client { known_browser: Some(sign_in(hub, &eve.email, PASSWORD, &both).await.unwrap().known_browser), ..from(3) };
        for account in [ADA, &eve.email] {
            for network in 10..20 {
                for _ in 0..2 {
                    outcome(hub, account, WRONG, &from(network)).await;
                }
            }
            assert_eq!(outcome(hub, account, PASSWORD, &both).await, "signed in", "{account}");
        }
    })
    .await;
}

#[tokio::test]
async fn registrations_and_invitations_are_limited_by_network_and_passwords_by_user() {
    on_every_database(async |opened| {
        let settings = [("RATE_LIMIT_FACTOR", "0.1")];
        let fixture = Fixture::with(opened, &settings).await;
        let hub = &fixture.hub;
        let registration = |n: usize| Registration {
            organization: "Acme".to_owned(),
            name: "Bo".to_owned(),
            email: format!("bo{n}@example.com"),
            password: PASSWORD.into(),
        };
        assert!(hub.register(registration(1), &from(1)).await.is_ok());
        assert!(hub.register(registration(2), &from(1)).await.is_ok());
        assert!(is(hub.register(registration(3), &from(1)).await, Problem::TooManyRequests));
        assert!(hub.register(registration(3), &from(2)).await.is_ok());
        let accept = |network| async move { hub.accept_invitation(&"none".into(), PASSWORD.into(), &from(network)).await };
        for _ in 0..2 {
            assert!(is(accept(1).await, Problem::InvitationInvalid));
        }
        assert!(is(accept(1).await, Problem::TooManyRequests));
        assert!(is(accept(2).await, Problem::InvitationInvalid));
        let admin = &fixture.admin;
        let change = |current: &'static str| async move {
            hub.change_password(admin, password_change(current, "an entirely new one")).await
        };
        for _ in 0..2 {
            assert!(is(change(WRONG).await, Problem::WrongPassword));
        }
        assert!(is(change(PASSWORD).await, Problem::TooManyRequests));
    })
    .await;
}

fn is<T>(result: Result<T>, problem: Problem) -> bool {
    matches!(result, Err(Error::Problem(found)) if found == problem)
}

#[tokio::test]
async fn signing_in_ends_the_previous_session_of_the_browser() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let hub = &fixture.hub;
        let eve = register(hub, "eve").await;
        let first = sign_in(hub, ADA, PASSWORD, &from(1)).await.unwrap();
        let client = |session: &Secret<String>| Client { session: Some(session.clone()), ..from(1) };
        assert!(sign_in(hub, ADA, WRONG, &client(&first.session_token)).await.is_err());
        assert!(hub.actor_of_session(&first.session_token).await.unwrap().is_some(), "a failed sign-in ends nothing");
        let second = sign_in(hub, ADA, PASSWORD, &client(&first.session_token)).await.unwrap();
        assert!(hub.actor_of_session(&first.session_token).await.unwrap().is_none());
        // Another user signs in with the same browser.
        let of_eve = sign_in(hub, &eve.email, PASSWORD, &client(&second.session_token)).await.unwrap();
        assert!(hub.actor_of_session(&second.session_token).await.unwrap().is_none());
        let new = NewUser { email: "bo@example.com".to_owned(), name: "Bo".to_owned(), role: Role::Member };
        let invited = hub.invite_user(&fixture.admin, new).await.unwrap();
        let token = invited.invitation_url.rsplit('/').next().unwrap().into();
        let of_bo = hub.accept_invitation(&token, PASSWORD.into(), &client(&of_eve.session_token)).await.unwrap();
        assert!(hub.actor_of_session(&of_eve.session_token).await.unwrap().is_none());
        let registration = Registration {
            organization: "New".to_owned(),
            name: "Cy".to_owned(),
            email: "cy@example.com".to_owned(),
            password: PASSWORD.into(),
        };
        hub.register(registration, &client(&of_bo.session_token)).await.unwrap();
        assert!(hub.actor_of_session(&of_bo.session_token).await.unwrap().is_none());
        let ended = AuditFilter { kind: Some(ActivityKind::SessionsEnded), ..AuditFilter::default() };
        let lines = hub.audit_log(&fixture.admin, &ended, &PageRequest::default()).await.unwrap().items;
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[2].summary, "A session of ada ended because its browser signed in again");
        assert_eq!(lines[2].actor_id.as_ref(), Some(&fixture.admin.user_id));
        assert_eq!(hub.audit_log(&eve, &ended, &PageRequest::default()).await.unwrap().items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_password_changed_after_its_verification_starts_no_session() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let other = open_hub(&opened, Some(&fixture.simulator), &[]).await.unwrap();
        let sessions = || opened.number("SELECT count(*) FROM sessions");
        let before = sessions().await;
        let mut tx = opened.db.begin().await.unwrap();
        let (organization, user) = (&fixture.admin.organization_id, &fixture.admin.user_id);
        users::set_password(&mut tx, organization, user, "another hash").await.unwrap();
        // This sign-in verifies the old password hash, then waits for the transaction above.
        let late = tokio::spawn(async move { outcome(&other, ADA, PASSWORD, &from(1)).await });
        somebody_waits(&opened, 1).await;
        tx.commit().await.unwrap();
        assert_eq!(late.await.unwrap(), "wrong_credentials");
        assert_eq!(sessions().await, before);
    })
    .await;
}
