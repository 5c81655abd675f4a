//! Tests that the page of a connection shows the result of the last reconciliation.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use lexicontract::db::Db;
use lexicontract::db::connections::reconciliations::{self, Outcome};

/// The text of the connection's page, without markup.
async fn page_text(connected: &Connected) -> String {
    let path = format!("/integrations/{}", connected.connection["id"].as_str().unwrap());
    let answer = connected.server.send(Call::get(&path).cookie(&connected.admin.cookie)).await;
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, words)| words).collect()
}

#[tokio::test]
async fn the_page_shows_progress_last_result_and_next_run() {
    let connected = Connected::start(&[]).await;
    let (hub, id) = (&connected.server.hub, connected.connection["id"].as_str().unwrap().parse().unwrap());
    let organization = connected.admin.me["organization"]["id"].as_str().unwrap().parse().unwrap();
    let now = hub.clock().now();
    let mut tx = Db::connect(&hub.config().database_url).await.unwrap().begin().await.unwrap();
    reconciliations::postpone(&mut tx, &organization, &id, now, now).await.unwrap();
    let ended = Outcome { records: 1, contracts: 70, found: 3, repaired: 2, ..Outcome::default() };
    reconciliations::record_run(&mut tx, &organization, &id, &ended, now).await.unwrap();
    tx.commit().await.unwrap();
    let after = page_text(&connected).await;
    for told in ["just now: 1 Opportunity and 70 contracts checked", "3 differences, 2 repaired", "Due within a minute"] {
        assert!(after.contains(told), "{told}: {after}");
    }
    let mut tx = Db::connect(&hub.config().database_url).await.unwrap().begin().await.unwrap();
    reconciliations::record_start(&mut tx, &organization, &id, now).await.unwrap();
    reconciliations::record_progress(&mut tx, &organization, &id, &Outcome { records: 500, ..Outcome::default() }).await.unwrap();
    tx.commit().await.unwrap();
    let running = page_text(&connected).await;
    for told in ["Since just now: 500 Opportunities and 0 contracts checked so far", "3 differences, 2 repaired"] {
        assert!(running.contains(told), "{told}: {running}");
    }
}
