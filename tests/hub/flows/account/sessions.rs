//! Sessions and password changes of a signed-in user.

use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::{Error, Hub};
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, Client};
use test_support::databases::on_every_database;
use test_support::fixture::{Fixture, open_hub};
use test_support::users::{PASSWORD, password_change, register};

const NEW: &str = "an entirely new password";

async fn sign_in(hub: &Hub, email: &str, password: &str) -> Option<(Secret<String>, Actor)> {
    let signed_in = hub.sign_in(email, Secret::from(password), &Client::default()).await.ok()?;
    let actor = hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap();
    Some((signed_in.session_token, actor))
}

#[tokio::test]
async fn changing_the_password_requires_the_current_one_and_ends_other_sessions() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, email) = (&fixture.hub, fixture.admin.email.as_str());
        let (here, actor) = sign_in(hub, email, PASSWORD).await.unwrap();
        let (elsewhere, _) = sign_in(hub, email, PASSWORD).await.unwrap();
        let wrong = hub.change_password(&actor, password_change("not the password", NEW)).await;
        assert!(matches!(wrong, Err(Error::Problem(Problem::WrongPassword))));
        let short = hub.change_password(&actor, password_change(PASSWORD, "short")).await;
        assert!(matches!(short, Err(Error::Problem(Problem::Invalid(Invalid::PasswordTooShort)))));
        assert!(hub.actor_of_session(&elsewhere).await.unwrap().is_some(), "failed attempts end no session");
        hub.change_password(&actor, password_change(PASSWORD, NEW)).await.unwrap();
        assert!(hub.actor_of_session(&here).await.unwrap().is_some());
        assert!(hub.actor_of_session(&elsewhere).await.unwrap().is_none());
        assert!(sign_in(hub, email, PASSWORD).await.is_none());
        assert!(sign_in(hub, email, NEW).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn ended_sessions_are_rejected_at_once_and_within_a_second_across_processes() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, email) = (&fixture.hub, fixture.admin.email.as_str());
        let other_process = open_hub(&fixture.opened, None, &[]).await.unwrap();
        let (first, _) = sign_in(hub, email, PASSWORD).await.unwrap();
        let (second, _) = sign_in(hub, email, PASSWORD).await.unwrap();
        assert!(hub.actor_of_session(&first).await.unwrap().is_some(), "cached");
        hub.sign_out(&first).await.unwrap();
        assert!(hub.actor_of_session(&first).await.unwrap().is_none());
        assert!(hub.actor_of_session(&second).await.unwrap().is_some());
        other_process.sign_out(&second).await.unwrap();
        fixture.advance(1);
        assert!(hub.actor_of_session(&second).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn addresses_with_control_characters_are_wrong_credentials() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        for email in ["a\0@b.c", "ada@example.com\0", "\u{7}"] {
            let refused = fixture.hub.sign_in(email, Secret::from(PASSWORD), &Client::default()).await;
            assert!(matches!(refused, Err(Error::Problem(Problem::WrongCredentials))), "{email:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_with_their_device_and_can_be_ended() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, email) = (&fixture.hub, fixture.admin.email.as_str());
        hub.sign_out_everywhere(&fixture.admin).await.unwrap();
        let (_here, actor) = sign_in(hub, email, PASSWORD).await.unwrap();
        let (elsewhere, _) = sign_in(hub, email, PASSWORD).await.unwrap();
        hub.record_device(&elsewhere, "Firefox\u{7} on Windows").await.unwrap();
        let eve = register(hub, "eve").await;
        let open = hub.sessions(&actor).await.unwrap();
        assert_eq!(open.len(), 2, "{open:?}");
        assert_eq!(open.iter().filter(|session| session.is_current).count(), 1);
        let other = open.iter().find(|session| !session.is_current).unwrap();
        assert_eq!(other.device, "Firefox on Windows");
        hub.end_session(&eve, &other.id).await.unwrap();
        assert!(hub.actor_of_session(&elsewhere).await.unwrap().is_some(), "another user's session");
        hub.end_session(&actor, &other.id).await.unwrap();
        assert!(hub.actor_of_session(&elsewhere).await.unwrap().is_none());
        assert_eq!(hub.sessions(&actor).await.unwrap().len(), 1);
        hub.sign_out_everywhere(&actor).await.unwrap();
        assert!(hub.sessions(&actor).await.unwrap().is_empty());
    })
    .await;
}
