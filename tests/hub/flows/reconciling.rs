use super::fixture::{Connected, file};
use crate::databases::on_every_database;
use lexicontract::{
    db::connections::reconciliations::{self, Outcome},
    domain::{
        connection::{health::Reconciliation, record::RecordId},
        contract::{NegotiationStatus, SyncStatus},
        delivery::Origin,
        page::PageRequest,
    },
    services::{ConnectionChange, ContractFilter},
};
use salesforce_simulator::state::{faults::Fault, opportunities, schema::STATUS_FIELD};
use serde_json::{Map, Value, json};
use std::time::Duration;

const HOUR: u64 = 60 * 60;

/// Changes a record in Salesforce without a call of the trigger.
fn change(fixture: &Connected, id: &RecordId, field: &str, value: &str) {
    let fields: Map<String, Value> = [(field.to_owned(), value.into())].into_iter().collect();
    opportunities::change(&mut fixture.salesforce(), id.as_str(), &fields, "2026-11-22T16:00:00.000+0000");
}

/// An hour later: the comparison, and what it queued.
async fn compare(fixture: &Connected) -> Reconciliation {
    fixture.advance(HOUR);
    fixture.hub.schedule_connections().await.unwrap();
    fixture.run_jobs().await;
    fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap().reconciliation.unwrap()
}

async fn titles(fixture: &Connected) -> Vec<String> {
    let page = fixture.hub.contracts(&fixture.admin, &ContractFilter::default()).await.unwrap();
    let mut titles: Vec<String> = page.items.into_iter().map(|contract| contract.title).collect();
    titles.sort();
    titles
}

/// The demonstration data may hold Opportunities in the stage; they are found by the first comparison.
async fn settled(opened: crate::databases::Opened) -> Connected {
    let fixture = Connected::start(opened).await;
    compare(&fixture).await;
    fixture
}

#[tokio::test]
async fn an_opportunity_whose_call_never_came_becomes_a_contract() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let before = titles(&fixture).await.len();
        let missed = fixture.opportunity("Missed", Some(file(1, b"%PDF-1.7 one")));
        change(&fixture, &missed, "StageName", "Needs Legal Review");
        fixture.opportunity("In another stage", None);
        let ran = compare(&fixture).await;
        assert_eq!((ran.found, ran.repaired, ran.note.as_deref()), (1, 1, None));
        assert_eq!((ran.last_run_at, ran.running_since), (Some(fixture.hub.clock().now()), None));
        assert!(titles(&fixture).await.contains(&"Missed".to_owned()));
        assert_eq!(titles(&fixture).await.len(), before + 1);
        let deliveries = fixture.hub.deliveries(&fixture.admin, &fixture.connection.id, &PageRequest::default()).await.unwrap();
        assert_eq!((&deliveries.items[0].record.id, deliveries.items[0].origin), (&missed, Origin::Poll));
        let again = compare(&fixture).await;
        assert_eq!((again.found, again.repaired), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_stages_of_the_settings_count_and_their_words_stay_words() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let metadata = json!({ "trigger_stages": ["Bob's \\ stage", "Legal') OR (Name LIKE '%"] });
        let settings = ConnectionChange { metadata: metadata.as_object().cloned(), ..ConnectionChange::default() };
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, settings).await.unwrap();
        let default = fixture.opportunity("Default stage", None);
        change(&fixture, &default, "StageName", "Needs Legal Review");
        let own = fixture.opportunity("Own stage", None);
        change(&fixture, &own, "StageName", "Bob's \\ stage");
        let ran = compare(&fixture).await;
        assert_eq!((ran.found, ran.repaired), (1, 1), "{:?}", ran.note);
        assert!(titles(&fixture).await.contains(&"Own stage".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_field_that_someone_changed_in_salesforce_is_written_again() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(compare(&fixture).await.found, 0);
        change(&fixture, &opportunity, STATUS_FIELD, "Draft");
        let ran = compare(&fixture).await;
        assert_eq!((ran.found, ran.repaired), (1, 1));
        let value = fixture.salesforce().records.live("Opportunity", opportunity.as_str()).unwrap()[STATUS_FIELD].clone();
        assert_eq!(value, "Approved");
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
        let kinds: Vec<String> = fixture.timeline(&contract.id).await.into_iter().map(|line| line.0).collect();
        assert_eq!(kinds[kinds.len() - 2..], ["reconciled", "status_written"]);
        opportunities::delete(&mut fixture.salesforce(), opportunity.as_str());
        assert_eq!(compare(&fixture).await.found, 0, "what is gone cannot differ");
    })
    .await;
}

#[tokio::test]
async fn a_comparison_stops_early_when_the_org_needs_its_calls_and_goes_on_later() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        change(&fixture, &contract.source().unwrap().record_id, STATUS_FIELD, "Draft");
        fixture.salesforce().api_usage = (12_100, 15_000);
        let before = fixture.requests("/query");
        let stopped = compare(&fixture).await;
        assert_eq!((stopped.found, fixture.requests("/query") - before), (0, 1));
        assert!(stopped.note.unwrap().contains("80 percent"));
        fixture.salesforce().api_usage = (100, 15_000);
        let went_on = compare(&fixture).await;
        assert_eq!((went_on.found, went_on.repaired, went_on.note), (1, 1, None));
    })
    .await;
}

#[tokio::test]
async fn a_comparison_that_does_not_work_says_why_and_one_failed_delivery_is_not_tried_every_hour() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let opportunity = fixture.opportunity("Hidden", None);
        change(&fixture, &opportunity, "StageName", "Needs Legal Review");
        let refused = json!([{ "errorCode": "INSUFFICIENT_ACCESS", "message": "no" }]);
        let hidden = Fault {
            path_contains: "Account.Name".to_owned(),
            status: Some(403),
            body: Some(refused.clone()),
            times: 100,
            ..Fault::default()
        };
        fixture.fault(hidden);
        assert_eq!(compare(&fixture).await.repaired, 1);
        assert_eq!(compare(&fixture).await.found, 0, "its failure stands in the list of deliveries");
        fixture.advance(24 * HOUR);
        assert_eq!(compare(&fixture).await.repaired, 1);
        fixture.salesforce().faults.clear();
        fixture.fault(Fault { path_contains: "/query".to_owned(), status: Some(403), body: Some(refused), ..Fault::default() });
        let failed = compare(&fixture).await;
        assert!(failed.note.unwrap().contains("administrator"));
        assert_eq!(failed.running_since, None);
        assert_eq!(compare(&fixture).await.note, None);
    })
    .await;
}

#[tokio::test]
async fn an_answer_in_several_pages_is_read_whole_and_a_run_goes_on_where_the_last_one_stopped() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let mut ids: Vec<RecordId> = (0..30).map(|number| fixture.opportunity(&format!("Number {number}"), None)).collect();
        // The simulator sorts ids without their case.
        ids.sort_by_key(|id| id.as_str().to_lowercase());
        for id in &ids {
            change(&fixture, id, "StageName", "Needs Legal Review");
        }
        let mut tx = fixture.opened.db.begin().await.unwrap();
        let stopped = Outcome { last_record: ids[4].to_string(), ..Outcome::default() };
        let (organization, connection) = (&fixture.admin.organization_id, &fixture.connection.id);
        reconciliations::record_run(&mut tx, organization, connection, &stopped, fixture.hub.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        fixture.salesforce().page_size = 10;
        assert_eq!(compare(&fixture).await.repaired, 25, "those after the fifth");
        assert_eq!(compare(&fixture).await.repaired, 5, "the run before came to the end, so this one begins anew");
        assert_eq!(compare(&fixture).await.found, 0);
    })
    .await;
}

#[tokio::test]
async fn a_comparison_under_way_says_since_when_and_how_much_it_has_looked_at() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        change(&fixture, &opportunity, "StageName", "Needs Legal Review");
        // Opportunities are looked at before contracts, whose fields come late.
        fixture.fault(Fault { path_contains: STATUS_FIELD.to_owned(), delay_ms: Some(500), ..Fault::default() });
        let (ended, running) = tokio::join!(compare(&fixture), until_records_are_looked_at(&fixture));
        let begun = fixture.hub.clock().now();
        assert_eq!((running.running_since, running.contracts), (Some(begun), 0));
        assert_eq!((ended.running_since, ended.last_run_at), (None, Some(begun)));
        assert_eq!((ended.records, ended.contracts), (running.records, 1));
        assert_eq!(ended.compatibility.opportunities, Some(ended.records), "under its old name too");
    })
    .await;
}

async fn until_records_are_looked_at(fixture: &Connected) -> Reconciliation {
    loop {
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        match detail.reconciliation {
            Some(running) if running.running_since.is_some() && running.records > 0 => return running,
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

#[tokio::test]
async fn a_comparison_whose_server_is_gone_is_not_under_way_for_ever() {
    on_every_database(async |opened| {
        let fixture = settled(opened).await;
        let (organization, connection) = (&fixture.admin.organization_id, &fixture.connection.id);
        let mut tx = fixture.opened.db.begin().await.unwrap();
        reconciliations::record_start(&mut tx, organization, connection, fixture.hub.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        for is_running in [true, false] {
            let detail = fixture.hub.connection_detail(&fixture.admin, connection).await.unwrap();
            assert_eq!(detail.reconciliation.unwrap().running_since.is_some(), is_running);
            fixture.advance(HOUR);
        }
    })
    .await;
}
