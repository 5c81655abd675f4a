//! Concurrent changes to a connection's settings.

use lexicontract::domain::connection::{Connection, Settings, SettingsChange};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Result};
use lexicontract::services::{Actor, ConnectionChange};
use serde_json::{Value, json};
use test_support::databases::on_every_database;
use test_support::fixture::Connected;

fn admin(fixture: &Connected, name: &str) -> Actor {
    Actor { name: name.to_owned(), ..fixture.admin.clone() }
}

async fn save(fixture: &Connected, actor: &Actor, seen: Option<&Settings>, metadata: Value) -> Result<Connection> {
    let change = ConnectionChange { is_enabled: None, metadata: metadata.as_object().cloned(), seen: seen.cloned() };
    fixture.hub.update_connection(actor, &fixture.connection.id, change).await
}

#[tokio::test]
async fn concurrently_changed_settings_are_not_overwritten() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (ada, bo) = (admin(&fixture, "Ada"), admin(&fixture, "Bo"));
        let id = &fixture.connection.id;
        assert_eq!(fixture.hub.settings_change(&ada, id).await.unwrap(), None);
        let seen = fixture.connection_now().await.metadata;
        let stages = json!({"trigger_stages": ["Closing"]});
        let saved = save(&fixture, &bo, Some(&seen), stages.clone()).await.unwrap().metadata;
        let change = SettingsChange { by: "Bo".to_owned(), at: fixture.hub.clock().now() };
        fixture.advance(60);
        let overtaken = save(&fixture, &ada, Some(&seen), json!({"status_field": "State__c"})).await;
        assert!(matches!(overtaken, Err(Error::Problem(Problem::ChangedMeanwhile))), "{overtaken:?}");
        assert_eq!(fixture.connection_now().await.metadata, saved);
        save(&fixture, &bo, Some(&seen), stages).await.expect("repeating the change is idempotent");
        assert_eq!(fixture.hub.settings_change(&ada, id).await.unwrap(), Some(change), "nothing was changed since");
        let on_top = save(&fixture, &ada, Some(&saved), json!({"status_field": "State__c"})).await.unwrap().metadata;
        assert_eq!(
            (on_top.status_field(), on_top.trigger_stages()),
            ("State__c", vec!["Closing".to_owned()]),
            "status field, trigger stages"
        );
        assert_eq!(fixture.hub.settings_change(&bo, id).await.unwrap().map(|change| change.by), Some("Ada".to_owned()));
        save(&fixture, &bo, None, json!({"status_field": null})).await.expect("without seen settings there is no conflict");
    })
    .await;
}

#[tokio::test]
async fn changes_other_than_settings_cause_no_conflict() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let seen = fixture.connection_now().await.metadata;
        fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        let pause = ConnectionChange { is_enabled: Some(false), ..ConnectionChange::default() };
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, pause).await.unwrap();
        fixture.advance(60);
        save(&fixture, &fixture.admin, Some(&seen), json!({"status_field": "State__c"})).await.unwrap();
    })
    .await;
}
