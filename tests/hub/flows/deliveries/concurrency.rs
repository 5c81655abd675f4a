//! Concurrent requests from several users, servers and organizations.

use crate::waiting::somebody_waits;
use lexicontract::db::account::users;
use lexicontract::db::connections;
use lexicontract::domain::account::users::{Role, User};
use lexicontract::domain::delivery::Receipt;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::RecordId;
use lexicontract::hub::{Error, Hub, Result};
use lexicontract::services::{Actor, UserChange, WebhookCaller};
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, call_about, open_hub, salesforce_webhook};
use test_support::users::{join, register};

async fn caller(fixture: &Connected) -> WebhookCaller {
    fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap()
}

/// Makes a webhook call for these Opportunities.
async fn take(hub: &Hub, caller: &WebhookCaller, opportunities: Vec<RecordId>) -> Result<Vec<Receipt>> {
    hub.receive(caller, salesforce_webhook(), call_about(caller, opportunities), None).await
}

#[tokio::test]
async fn call_for_a_concurrently_removed_connection_is_rejected_and_others_succeed() {
    on_every_database(async |opened| {
        let first = Connected::start(opened.clone()).await;
        let gone = caller(&first).await;
        let mut fixture = first.fixture;
        let ada = std::mem::replace(&mut fixture.admin, register(&fixture.hub, "eve").await);
        let fixture = fixture.connect().await;
        let stays = caller(&fixture).await;
        let mut tx = opened.db.begin().await.unwrap();
        assert!(connections::delete(&mut tx, &ada.organization_id, &gone.connection_id).await.unwrap());
        let (hub, opportunity) = (fixture.hub.clone(), fixture.opportunity("Rollout", None));
        let rejected = tokio::spawn(async move { take(&hub, &gone, vec![opportunity]).await });
        somebody_waits(&opened, 1).await;
        let others: Vec<_> = (0..3)
            .map(|number| {
                let (hub, caller) = (fixture.hub.clone(), stays.clone());
                let opportunity = fixture.opportunity(&number.to_string(), None);
                tokio::spawn(async move { take(&hub, &caller, vec![opportunity]).await })
            })
            .collect();
        // The calls queue behind the blocked call.
        tokio::time::sleep(Duration::from_millis(50)).await;
        tx.commit().await.unwrap();
        let rejected = rejected.await.unwrap();
        assert!(matches!(rejected, Err(Error::Problem(Problem::NotSignedIn))), "{rejected:?}");
        for other in others {
            assert_eq!(other.await.unwrap().unwrap().len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn two_servers_accept_calls_for_the_same_opportunities_in_any_order() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let second = open_hub(&opened, Some(&fixture.simulator), &[]).await.unwrap();
        let caller = caller(&fixture).await;
        for _ in 0..10 {
            let forth: Vec<_> = (0..10).map(|number| fixture.opportunity(&number.to_string(), None)).collect();
            let back = forth.iter().rev().cloned().collect();
            let (one, other) = tokio::join!(take(&fixture.hub, &caller, forth.clone()), take(&second, &caller, back));
            let (one, mut other) = (one.unwrap(), other.unwrap());
            let named: Vec<_> = one.iter().map(|receipt| receipt.record.id.clone()).collect();
            assert_eq!(named, forth, "receipts are in the order of the call");
            other.reverse();
            assert!(one.iter().zip(&other).all(|(one, other)| one.delivery_id == other.delivery_id));
        }
    })
    .await;
}

#[tokio::test]
async fn one_admin_remains_when_two_demote_each_other_concurrently() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let other = join(&fixture.hub, &fixture.admin, "bo", Role::Admin).await;
        let mut tx = opened.db.begin().await.unwrap();
        for person in [&fixture.admin, &other] {
            let row = users::find(&mut tx, &person.organization_id, &person.user_id).await.unwrap().unwrap();
            // Locks the user's row until commit, so that both demotions wait for it.
            users::update(&mut tx, &row).await.unwrap();
        }
        let demote = |by: &Actor, whom: &Actor| {
            let (hub, by, whom) = (fixture.hub.clone(), by.clone(), whom.user_id.clone());
            let change = UserChange { role: Some(Role::Member), ..UserChange::default() };
            tokio::spawn(async move { hub.update_user(&by, &whom, change).await })
        };
        let acts = [demote(&fixture.admin, &other), demote(&other, &fixture.admin)];
        somebody_waits(&opened, 2).await;
        tx.commit().await.unwrap();
        let mut done: Vec<Result<User>> = Vec::new();
        for act in acts {
            done.push(act.await.unwrap());
        }
        assert_eq!(done.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        // The first demotion ended the other admin's session.
        assert!(done.iter().any(|outcome| matches!(outcome, Err(Error::Problem(Problem::NotSignedIn)))));
        assert_eq!(opened.number("SELECT count(*) FROM users WHERE role = 'admin'").await, 1);
    })
    .await;
}
