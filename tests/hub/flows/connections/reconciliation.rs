//! Reconciliation, which finds and repairs missed deals and differing fields.

use lexicontract::db::connections::reconciliations::{self, Outcome};
use lexicontract::domain::connection::health::Reconciliation;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::delivery::Origin;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::record::RecordId;
use lexicontract::services::{ConnectionChange, ContractFilter};
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::opportunities;
use salesforce_simulator::state::schema::STATUS_FIELD;
use serde_json::{Map, Value, json};
use std::time::Duration;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, file};

const HOUR: u64 = 60 * 60;

/// Changes a record in Salesforce without a webhook call.
fn change(fixture: &Connected, id: &RecordId, field: &str, value: &str) {
    let fields: Map<String, Value> = [(field.to_owned(), value.into())].into_iter().collect();
    opportunities::change(&mut fixture.salesforce(), id.as_str(), &fields, "2026-11-22T16:00:00.000+0000");
}

/// Advances the clock by an hour, reconciles the connection and runs the queued jobs. Returns the reconciliation.
async fn reconcile(fixture: &Connected) -> Reconciliation {
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

/// A fixture after its first reconciliation, which has found the sample Opportunities.
async fn reconciled(opened: Opened) -> Connected {
    let fixture = Connected::start(opened).await;
    reconcile(&fixture).await;
    fixture
}

#[tokio::test]
async fn opportunity_without_a_call_becomes_a_contract() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let before = titles(&fixture).await.len();
        let missed = fixture.opportunity("Missed", Some(file(1, b"%PDF-1.7 one")));
        change(&fixture, &missed, "StageName", "Needs Legal Review");
        fixture.opportunity("In another stage", None);
        let ran = reconcile(&fixture).await;
        assert_eq!((ran.found, ran.repaired, ran.note.as_deref()), (1, 1, None), "found, repaired, note");
        assert_eq!(
            (ran.last_run_at, ran.running_since),
            (Some(fixture.hub.clock().now()), None),
            "last run, start of the current run"
        );
        assert!(titles(&fixture).await.contains(&"Missed".to_owned()));
        assert_eq!(titles(&fixture).await.len(), before + 1);
        let deliveries = fixture.hub.deliveries(&fixture.admin, &fixture.connection.id, &PageRequest::default()).await.unwrap();
        assert_eq!((&deliveries.items[0].record.id, deliveries.items[0].origin), (&missed, Origin::Poll), "record, origin");
        let again = reconcile(&fixture).await;
        assert_eq!((again.found, again.repaired), (0, 0), "found, repaired");
    })
    .await;
}

#[tokio::test]
async fn configured_stages_are_used_and_escaped() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let metadata = json!({ "trigger_stages": ["Bob's \\ stage", "Legal') OR (Name LIKE '%"] });
        let settings = ConnectionChange { metadata: metadata.as_object().cloned(), ..ConnectionChange::default() };
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, settings).await.unwrap();
        let default = fixture.opportunity("Default stage", None);
        change(&fixture, &default, "StageName", "Needs Legal Review");
        let own = fixture.opportunity("Own stage", None);
        change(&fixture, &own, "StageName", "Bob's \\ stage");
        let ran = reconcile(&fixture).await;
        assert_eq!((ran.found, ran.repaired), (1, 1), "{:?}", ran.note);
        assert!(titles(&fixture).await.contains(&"Own stage".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn field_changed_in_salesforce_is_written_again() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(reconcile(&fixture).await.found, 0);
        change(&fixture, &opportunity, STATUS_FIELD, "Draft");
        let ran = reconcile(&fixture).await;
        assert_eq!((ran.found, ran.repaired), (1, 1), "found, repaired");
        let value = fixture.salesforce().records.live("Opportunity", opportunity.as_str()).unwrap()[STATUS_FIELD].clone();
        assert_eq!(value, "Approved");
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
        let kinds: Vec<String> = fixture.timeline(&contract.id).await.into_iter().map(|line| line.0).collect();
        assert_eq!(kinds[kinds.len() - 2..], ["reconciled", "status_written"]);
        opportunities::delete(&mut fixture.salesforce(), opportunity.as_str());
        assert_eq!(reconcile(&fixture).await.found, 0, "a deleted record cannot differ");
    })
    .await;
}

#[tokio::test]
async fn reconciliation_stops_early_at_the_api_limit_and_continues_later() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        change(&fixture, &contract.source().unwrap().record_id, STATUS_FIELD, "Draft");
        fixture.salesforce().api_usage = (12_100, 15_000);
        let before = fixture.requests("/query");
        let stopped = reconcile(&fixture).await;
        assert_eq!((stopped.found, fixture.requests("/query") - before), (0, 1), "found, queries");
        assert!(stopped.note.unwrap().contains("80 percent"));
        fixture.salesforce().api_usage = (100, 15_000);
        let went_on = reconcile(&fixture).await;
        assert_eq!((went_on.found, went_on.repaired, went_on.note), (1, 1, None), "found, repaired, note");
    })
    .await;
}

#[tokio::test]
async fn failed_reconciliation_shows_its_reason_and_failed_deliveries_are_not_repeated_hourly() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let opportunity = fixture.opportunity("Hidden", None);
        change(&fixture, &opportunity, "StageName", "Needs Legal Review");
        let error = json!([{ "errorCode": "INSUFFICIENT_ACCESS", "message": "no" }]);
        let hidden = Fault {
            path_contains: "Account.Name".to_owned(),
            status: Some(403),
            body: Some(error.clone()),
            times: 100,
            ..Fault::default()
        };
        fixture.fault(hidden);
        assert_eq!(reconcile(&fixture).await.repaired, 1);
        assert_eq!(reconcile(&fixture).await.found, 0, "its failure is in the list of deliveries");
        fixture.advance(24 * HOUR);
        assert_eq!(reconcile(&fixture).await.repaired, 1);
        fixture.salesforce().faults.clear();
        fixture.fault(Fault { path_contains: "/query".to_owned(), status: Some(403), body: Some(error), ..Fault::default() });
        let failed = reconcile(&fixture).await;
        assert!(failed.note.unwrap().contains("administrator"));
        assert_eq!(failed.running_since, None);
        assert_eq!(reconcile(&fixture).await.note, None);
    })
    .await;
}

#[tokio::test]
async fn all_pages_are_read_and_a_run_continues_where_the_last_one_stopped() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let mut ids: Vec<RecordId> = (0..30).map(|number| fixture.opportunity(&format!("Number {number}"), None)).collect();
        ids.sort();
        for id in &ids {
            change(&fixture, id, "StageName", "Needs Legal Review");
        }
        let mut tx = fixture.opened.db.begin().await.unwrap();
        let stopped = Outcome { last_record: ids[4].to_string(), ..Outcome::default() };
        let (organization, connection) = (&fixture.admin.organization_id, &fixture.connection.id);
        reconciliations::record_run(&mut tx, organization, connection, &stopped, fixture.hub.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        fixture.salesforce().page_size = 10;
        assert_eq!(reconcile(&fixture).await.repaired, 25, "those after the fifth");
        assert_eq!(reconcile(&fixture).await.repaired, 5, "the previous run finished, so this one starts again");
        assert_eq!(reconcile(&fixture).await.found, 0);
    })
    .await;
}

#[tokio::test]
async fn running_reconciliation_shows_its_start_and_progress() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        change(&fixture, &opportunity, "StageName", "Needs Legal Review");
        // A reconciliation first reads Opportunities, then status fields. The delay of the second step leaves time to observe the
        // result of the first step.
        fixture.fault(Fault { path_contains: STATUS_FIELD.to_owned(), delay_ms: Some(500), ..Fault::default() });
        let (ended, running) = tokio::join!(reconcile(&fixture), until_records_are_read(&fixture));
        let started = fixture.hub.clock().now();
        assert_eq!((running.running_since, running.contracts), (Some(started), 0), "start of the current run, contracts");
        assert_eq!((ended.running_since, ended.last_run_at), (None, Some(started)), "start of the current run, last run");
        assert_eq!((ended.records, ended.contracts), (running.records, 1), "records, contracts");
        assert_eq!(ended.compatibility.opportunities, Some(ended.records), "also under its previous name");
    })
    .await;
}

async fn until_records_are_read(fixture: &Connected) -> Reconciliation {
    loop {
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        match detail.reconciliation {
            Some(running) if running.running_since.is_some() && running.records > 0 => return running,
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

#[tokio::test]
async fn reconciliation_of_a_stopped_server_does_not_stay_in_progress() {
    on_every_database(async |opened| {
        let fixture = reconciled(opened).await;
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
