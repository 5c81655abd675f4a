//! What the connection's page says about the comparison with Salesforce.

use crate::{call::Call, salesforce::Connected};
use lexicontract::db::{
    Db,
    connections::reconciliations::{self, Outcome},
};

/// The page without its markup.
async fn words(connected: &Connected) -> String {
    let path = format!("/integrations/{}", connected.connection["id"].as_str().unwrap());
    let answer = connected.server.send(Call::get(&path).cookie(&connected.admin.cookie)).await;
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, words)| words).collect()
}

#[tokio::test]
async fn it_says_how_far_it_is_what_the_last_one_found_and_when_the_next_is_due() {
    let connected = Connected::start(&[]).await;
    let before = words(&connected).await;
    for told in ["Under wayNo", "Last comparisonNot yet", "FoundNothing yet", "Next comparisonDue in "] {
        assert!(before.contains(told), "{told}: {before}");
    }
    let (hub, id) = (&connected.server.hub, connected.connection["id"].as_str().unwrap().parse().unwrap());
    let organization = connected.admin.me["organization"]["id"].as_str().unwrap().parse().unwrap();
    let now = hub.clock().now();
    let mut tx = Db::connect(&hub.config().database_url).await.unwrap().begin().await.unwrap();
    reconciliations::postpone(&mut tx, &organization, &id, now, now).await.unwrap();
    let ended = Outcome { records: 1, contracts: 70, found: 3, repaired: 2, ..Outcome::default() };
    reconciliations::record_run(&mut tx, &organization, &id, &ended, now).await.unwrap();
    tx.commit().await.unwrap();
    let after = words(&connected).await;
    for told in ["just now: 1 Opportunity and 70 contracts looked at", "3 differences, 2 repaired", "Due within a minute"] {
        assert!(after.contains(told), "{told}: {after}");
    }
    let mut tx = Db::connect(&hub.config().database_url).await.unwrap().begin().await.unwrap();
    reconciliations::record_start(&mut tx, &organization, &id, now).await.unwrap();
    reconciliations::record_progress(&mut tx, &organization, &id, &Outcome { records: 500, ..Outcome::default() }).await.unwrap();
    tx.commit().await.unwrap();
    let running = words(&connected).await;
    for told in ["Since just now: 500 Opportunities and 0 contracts looked at so far", "3 differences, 2 repaired"] {
        assert!(running.contains(told), "{told}: {running}");
    }
}
