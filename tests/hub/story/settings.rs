use super::world::Connected;
use crate::databases::on_every_database;
use lexicontract::{
    domain::{
        connection::{Connection, Settings, SettingsChange},
        problem::Problem,
    },
    hub::{Error, Result},
    services::{Actor, ConnectionChange},
};
use serde_json::{Value, json};

fn admin(world: &Connected, name: &str) -> Actor {
    Actor { name: name.to_owned(), ..world.admin.clone() }
}

async fn save(world: &Connected, actor: &Actor, seen: Option<&Settings>, metadata: Value) -> Result<Connection> {
    let change = ConnectionChange { is_enabled: None, metadata: metadata.as_object().cloned(), seen: seen.cloned() };
    world.hub.update_connection(actor, &world.connection.id, change).await
}

#[tokio::test]
async fn settings_that_somebody_else_changed_meanwhile_are_not_overwritten() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let (ada, bo) = (admin(&world, "Ada"), admin(&world, "Bo"));
        let id = &world.connection.id;
        assert_eq!(world.hub.settings_change(&ada, id).await.unwrap(), None);
        let seen = world.connection_now().await.metadata;
        let stages = json!({"trigger_stages": ["Closing"]});
        let saved = save(&world, &bo, Some(&seen), stages.clone()).await.unwrap().metadata;
        let change = SettingsChange { by: "Bo".to_owned(), at: world.hub.clock().now() };
        world.advance(60);
        let overtaken = save(&world, &ada, Some(&seen), json!({"status_field": "State__c"})).await;
        assert!(matches!(overtaken, Err(Error::Problem(Problem::ChangedMeanwhile))), "{overtaken:?}");
        assert_eq!(world.connection_now().await.metadata, saved);
        save(&world, &bo, Some(&seen), stages).await.expect("a second click finds what the first one did");
        assert_eq!(world.hub.settings_change(&ada, id).await.unwrap(), Some(change), "nobody has changed anything since");
        let on_top = save(&world, &ada, Some(&saved), json!({"status_field": "State__c"})).await.unwrap().metadata;
        assert_eq!((on_top.status_field(), on_top.trigger_stages()), ("State__c", vec!["Closing".to_owned()]));
        assert_eq!(world.hub.settings_change(&bo, id).await.unwrap().map(|change| change.by), Some("Ada".to_owned()));
        save(&world, &bo, None, json!({"status_field": null})).await.expect("who has seen nothing overwrites");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_setting_overtakes_nobody() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let seen = world.connection_now().await.metadata;
        world.hub.make_webhook_secret(&world.admin, &world.connection.id).await.unwrap();
        let pause = ConnectionChange { is_enabled: Some(false), ..ConnectionChange::default() };
        world.hub.update_connection(&world.admin, &world.connection.id, pause).await.unwrap();
        world.advance(60);
        save(&world, &world.admin, Some(&seen), json!({"status_field": "State__c"})).await.unwrap();
    })
    .await;
}
