//! Idempotency: forms that are submitted more than once.

use crate::waiting::somebody_waits;
use lexicontract::db::account::organizations;
use lexicontract::db::connections;
use lexicontract::domain::account::users::{Role, TokenLifetime};
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::{Error, Hub};
use lexicontract::services::{Actor, IdempotencyKey, NewUser, Upload};
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, Fixture, file, open_hub};
use test_support::users::{PASSWORD, join, new_user, password_change, register};

const NEW_PASSWORD: &str = "another horse battery";

/// The actor of a request that submits a form with this id.
fn with_form(actor: &Actor, form_id: &str) -> Actor {
    let key = IdempotencyKey::new(form_id, &[b"content"]);
    Actor { idempotency_key: Some(key), ..actor.clone() }
}

fn grace() -> NewUser {
    new_user("grace", Role::Member)
}

async fn upload(hub: &Hub, actor: &Actor, title: &str, content: &'static [u8]) -> ContractId {
    let bytes = Box::pin(futures::stream::iter([Ok(content.into())]));
    let upload = Upload { title: title.to_owned(), file_name: "a.pdf".to_owned(), bytes };
    hub.upload_contract(actor, upload).await.unwrap().id
}

async fn audited(opened: &Opened) -> i64 {
    opened.number("SELECT count(*) FROM activity WHERE is_audit").await
}

#[tokio::test]
async fn a_repeated_form_returns_the_same_secret() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, with_form(&fixture.admin, "1"));
        let (first, lines) = (hub.create_api_token(&ada, "CI", TokenLifetime::default()).await.unwrap(), audited(&opened).await);
        assert!(hub.create_api_token(&ada, "CI", TokenLifetime::default()).await.unwrap() == first);
        assert_eq!(opened.number("SELECT count(*) FROM api_tokens").await, 1);
        assert_eq!(audited(&opened).await, lines, "recorded once");
        assert!(hub.create_api_token(&with_form(&fixture.admin, "2"), "CI", TokenLifetime::default()).await.unwrap() != first);
        for _ in 0..2 {
            hub.create_api_token(&fixture.admin, "CI", TokenLifetime::default()).await.unwrap();
        }
        assert_eq!(opened.number("SELECT count(*) FROM api_tokens").await, 4, "one more for each call without a key");
        let (ada, id) = (with_form(&fixture.admin, "3"), &fixture.connection.id);
        let first = hub.make_webhook_secret(&ada, id).await.unwrap();
        assert!(hub.make_webhook_secret(&ada, id).await.unwrap() == first);
        assert_eq!(hub.webhook_secrets(&ada, id).await.unwrap().len(), 2, "the previous and the new one");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_form_is_replayed_although_its_precondition_is_gone() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let ada = with_form(admin, "invite");
        let first = hub.invite_user(&ada, grace()).await.unwrap();
        assert!(hub.invite_user(&ada, grace()).await.unwrap() == first);
        let ada = with_form(admin, "again");
        let second = hub.invite_again(&ada, &first.id).await.unwrap();
        assert!(hub.invite_again(&ada, &first.id).await.unwrap() == second && second != first);
        for ada in [with_form(admin, "remove"), with_form(admin, "remove")] {
            hub.remove_user(&ada, &first.id).await.unwrap();
        }
        let token = hub.create_api_token(admin, "CI", TokenLifetime::default()).await.unwrap().id;
        for ada in [with_form(admin, "revoke"), with_form(admin, "revoke")] {
            hub.revoke_api_token(&ada, &token).await.unwrap();
        }
        let ada = with_form(admin, "password");
        for _ in 0..2 {
            hub.change_password(&ada, password_change(PASSWORD, NEW_PASSWORD)).await.unwrap();
        }
        let refused = hub.change_password(&with_form(admin, "other"), password_change(PASSWORD, NEW_PASSWORD)).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::WrongPassword))));
        let ada = with_form(admin, "disconnect");
        let gone = hub.disconnect(&ada, &fixture.connection.id).await.unwrap();
        assert_eq!(hub.disconnect(&ada, &fixture.connection.id).await.unwrap(), gone);
        assert_eq!(opened.number("SELECT count(*) FROM disconnections").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_upload_creates_one_contract_with_one_file() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, with_form(&fixture.admin, "1"));
        let first = upload(hub, &ada, "NDA", b"%PDF- one").await;
        assert_eq!(upload(hub, &ada, "NDA", b"%PDF- one").await, first);
        assert_eq!(opened.stored_files(), 1);
        assert_eq!(opened.number("SELECT count(*) FROM jobs").await, 1, "one analysis");
        assert_ne!(upload(hub, &ada, "NDA", b"%PDF- two").await, first, "another file is another submission");
        assert_ne!(upload(hub, &ada, "MSA", b"%PDF- one").await, first, "another title is another submission");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_form_redelivers_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let delivery = fixture.deliver(&fixture.opportunity("Deal", Some(file(1, b"%PDF- kept")))).await;
        let ada = with_form(&fixture.admin, "1");
        for jobs in [1, 0] {
            fixture.hub.redeliver(&ada, &delivery.id).await.unwrap();
            assert_eq!(fixture.run_jobs().await, jobs);
        }
    })
    .await;
}

#[tokio::test]
async fn concurrent_forms_at_two_servers_create_one_secret() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let second = open_hub(&opened, Some(&fixture.simulator), &[]).await.unwrap();
        let (ada, id) = (with_form(&fixture.admin, "1"), fixture.connection.id.clone());
        let mut tx = opened.db.begin().await.unwrap();
        connections::find_locked(&mut tx, &ada.organization_id, &id).await.unwrap();
        let posts = [fixture.hub.clone(), second].map(|hub| {
            let (ada, id) = (ada.clone(), id.clone());
            tokio::spawn(async move { hub.make_webhook_secret(&ada, &id).await })
        });
        // One request waits for the lock on the connection. The other request has the same idempotency key and waits for the
        // first request.
        somebody_waits(&opened, 2).await;
        tx.commit().await.unwrap();
        let [one, other] = posts;
        assert!(one.await.unwrap().unwrap() == other.await.unwrap().unwrap());
        assert_eq!(fixture.hub.webhook_secrets(&ada, &id).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn admins_who_remove_each_other_do_not_deadlock() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let other = join(&fixture.hub, &fixture.admin, "grace", Role::Admin).await;
        let mut tx = opened.db.begin().await.unwrap();
        organizations::lock(&mut tx, &other.organization_id).await.unwrap();
        let posts = [(&fixture.admin, &other), (&other, &fixture.admin)].map(|(by, whom)| {
            let (hub, by, whom) = (fixture.hub.clone(), with_form(by, "1"), whom.user_id.clone());
            tokio::spawn(async move { hub.remove_user(&by, &whom).await.map_err(Error::report) })
        });
        somebody_waits(&opened, 2).await;
        tx.commit().await.unwrap();
        let [one, other] = posts;
        let mut outcomes = [one.await.unwrap(), other.await.unwrap()];
        outcomes.sort_by_key(Result::is_err);
        assert_eq!(outcomes, [Ok(()), Err(Problem::NotSignedIn)]);
    })
    .await;
}

#[tokio::test]
async fn a_rejected_form_can_be_submitted_again() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let ada = with_form(&fixture.admin, "1");
        let refused = fixture.hub.create_api_token(&ada, "", TokenLifetime::default()).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Invalid(Invalid::TokenName)))));
        let id = fixture.hub.invite_user(&fixture.admin, grace()).await.unwrap().id;
        let refused = fixture.hub.invite_user(&ada, grace()).await.err().map(Error::report);
        assert_eq!(refused, Some(Problem::EmailTaken));
        fixture.hub.remove_user(&fixture.admin, &id).await.unwrap();
        fixture.hub.invite_user(&ada, grace()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn responses_are_per_user_and_expire_after_ten_minutes() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let hub = &fixture.hub;
        let first = hub.create_api_token(&with_form(&fixture.admin, "1"), "CI", TokenLifetime::default()).await.unwrap();
        let eve = register(hub, "eve").await;
        assert!(hub.create_api_token(&with_form(&eve, "1"), "CI", TokenLifetime::default()).await.unwrap() != first);
        fixture.advance(10 * 60);
        assert!(hub.create_api_token(&with_form(&fixture.admin, "1"), "CI", TokenLifetime::default()).await.unwrap() == first);
        fixture.advance(1);
        assert!(
            hub.create_api_token(&with_form(&fixture.admin, "1"), "CI", TokenLifetime::default()).await.unwrap() != first,
            "the key has expired"
        );
        assert_eq!(opened.number("SELECT count(*) FROM idempotency_keys").await, 2);
        fixture.advance(10 * 60);
        hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM idempotency_keys").await, 1);
        fixture.advance(10 * 60);
        hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM idempotency_keys").await, 0);
    })
    .await;
}
