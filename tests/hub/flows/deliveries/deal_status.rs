//! The state of a deal, which the provider's pages read to show it to their users.

use lexicontract::db::contracts::analyses;
use lexicontract::domain::contract::analysis::{Findings, Risk, Severity};
use lexicontract::domain::contract::{Contract, SyncStatus};
use lexicontract::domain::deal_status::{DealRisk, DealStatus};
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::record::{RecordId, RecordRef};
use lexicontract::services::ConnectionChange;
use serde_json::json;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, file};

async fn state(fixture: &Connected, opportunity: &RecordId) -> DealStatus {
    let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
    fixture.hub.deal_status(&caller, &RecordRef::deal(opportunity.clone())).await.unwrap()
}

fn risk(severity: Severity, title: &str) -> Risk {
    Risk { severity, title: title.to_owned(), explanation: String::new(), clause_kind: None }
}

/// Stores an analysis of the contract's version with these risks.
async fn analyse(fixture: &Connected, contract: &Contract, risks: Vec<Risk>) {
    let findings = Findings { summary: String::new(), clauses: Vec::new(), risks, engine: "test".to_owned() };
    let (organization, now) = (&fixture.admin.organization_id, fixture.hub.clock().now());
    let mut tx = fixture.opened.db.begin().await.unwrap();
    for row in analyses::of_contract(&mut tx, organization, &contract.id).await.unwrap() {
        analyses::complete(&mut tx, organization, &row.version_id, &findings, "An agreement.", false, now).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn state_contains_the_five_most_severe_risks_and_the_label_of_the_settings() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let labels = json!({"status_labels": {"draft": "With Legal"}});
        let change = ConnectionChange { metadata: labels.as_object().cloned(), ..ConnectionChange::default() };
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let contract = fixture.deliver_contract(&opportunity).await;
        let (low, medium, high) = (Severity::Low, Severity::Medium, Severity::High);
        let risks = [(low, "a"), (medium, "b"), (high, "c"), (low, "d"), (high, "e"), (medium, "f")];
        analyse(&fixture, &contract, risks.map(|(severity, title)| risk(severity, title)).to_vec()).await;

        let state = state(&fixture, &opportunity).await;
        let analysis = state.analysis.unwrap();
        assert_eq!(analysis.completed_at, Some(fixture.hub.clock().now()));
        let top = [(high, "c"), (high, "e"), (medium, "b"), (medium, "f"), (low, "a")];
        assert_eq!(analysis.risks, top.map(|(severity, title)| DealRisk { severity, title: title.to_owned() }));
        assert_eq!(state.contract.unwrap().negotiation_status_label, "With Legal");
        assert_eq!(state.sync.unwrap().status, SyncStatus::Synced);
    })
    .await;
}

#[tokio::test]
async fn reason_belongs_to_the_latest_version() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.deliver_contract(&opportunity).await;
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        fixture.deliver_contract(&opportunity).await;
        let latest = state(&fixture, &opportunity).await.file.unwrap();
        assert_eq!((latest.name.as_str(), latest.version), ("Agreement 2.pdf", 2));
        let reason = latest.reason.unwrap();
        assert!(reason.contains("“Agreement 2.pdf”, the newest document"), "{reason}");
        let upload = "UPDATE contract_versions SET source = 'upload', remote_id = NULL WHERE number = 2";
        execute(&fixture.opened.db, upload).await;
        assert_eq!(state(&fixture, &opportunity).await.file.unwrap().reason, None, "an uploaded version was not chosen");
    })
    .await;
}

#[tokio::test]
async fn reason_of_a_file_that_a_user_has_chosen_is_found_below_newer_choices() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let older = fixture.attach(&opportunity, &file(1, b"%PDF-1.7 one"));
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let contract = fixture.deliver_contract(&opportunity).await;
        fixture.hub.choose_file(&fixture.admin, &contract.id, &older).await.unwrap();
        fixture.run_jobs().await;
        fixture.deliver(&opportunity).await;
        let latest = state(&fixture, &opportunity).await.file.unwrap();
        assert_eq!((latest.name.as_str(), latest.version), ("Agreement 1.pdf", 2), "the newest file is not imported again");
        let reason = latest.reason.unwrap();
        assert!(reason.contains("“Agreement 1.pdf”, as requested by a user"), "{reason}");
    })
    .await;
}

#[tokio::test]
async fn state_shows_the_newest_delivery_also_without_a_contract() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = RecordId::new("006ak00000OQ4RxAAL");
        assert_eq!(state(&fixture, &opportunity).await, DealStatus::default());
        fixture.call(&opportunity).await;
        let waiting = state(&fixture, &opportunity).await.delivery.unwrap();
        assert_eq!((waiting.status, waiting.received_at), (DeliveryStatus::Accepted, fixture.hub.clock().now()));
        fixture.run_jobs().await;
        let failed = state(&fixture, &opportunity).await;
        let delivery = failed.delivery.unwrap();
        assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Failed, 1));
        assert!(delivery.error.is_some() && failed.contract.is_none());
        fixture.call(&opportunity).await;
        assert_eq!(state(&fixture, &opportunity).await.delivery.unwrap().status, DeliveryStatus::Accepted);
    })
    .await;
}
