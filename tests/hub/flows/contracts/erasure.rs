//! Erasure of contracts.

use crate::flows::connections::polling::{STAGE, change_settings, enter, next_poll, poll, set, titles};
use futures::TryStreamExt;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::contract::Contract;
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::services::{Actor, BacklogFilter, ChainState, IdempotencyKey};
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files::NewFile;
use serde_json::json;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, Fixture, file};
use test_support::users::{join, register, upload, upload_version};

/// A contract from a deal, with content in every place that can hold some. All texts contain `marker`.
async fn contract_with(fixture: &Connected, marker: &str) -> Contract {
    let (hub, ada) = (&fixture.hub, &fixture.admin);
    let bytes = format!("%PDF-1.7 {marker}bytes").into();
    let modified_at = "2026-11-01T10:00:00.000+0000".to_owned();
    let pdf = NewFile { file_name: format!("{marker}file.pdf"), bytes, modified_at, ..NewFile::default() };
    let deal = fixture.opportunity(&format!("{marker}deal"), Some(pdf));
    let id = fixture.deliver_contract(&deal).await.id;
    let form = Actor { idempotency_key: Some(IdempotencyKey::new(marker, &[b"upload_version"])), ..ada.clone() };
    upload_version(hub, &form, &id, &format!("{marker}upload.pdf"), format!("%PDF-1.7 {marker}more")).await.unwrap();
    hub.change_title(ada, &id, None, &format!("{marker}title")).await.unwrap();
    hub.change_status(ada, &id, NegotiationStatus::InReview).await.unwrap();
    let file = hub.version_file(ada, &id, 1).await.unwrap();
    assert!(file.bytes.try_collect::<Vec<_>>().await.is_ok());
    // Tests cannot run analyses, because these start the current program as the document reader.
    let long = format!("{marker}text ").repeat(2_000);
    let findings = json!({ "engine": "rules", "summary": format!("{marker}summary"), "clauses": [], "risks": [] });
    let sql = format!(
        "UPDATE analyses SET status = 'completed', document_text = '{long}', findings = '{findings}' WHERE contract_id = '{id}'"
    );
    execute(&fixture.opened.db, &sql).await;
    hub.contract(ada, &id).await.unwrap()
}

#[tokio::test]
async fn nothing_of_an_erased_contract_is_left() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let kept = contract_with(&fixture, "zqkeep").await;
        let erased = contract_with(&fixture, "zqgone").await;
        fixture.run_jobs().await;
        let kept = fixture.contract(&kept.id).await;
        for place in ["deal", "file", "bytes", "upload", "more", "title", "text", "summary"] {
            assert!(!opened.places_of(&format!("zqgone{place}")).await.is_empty(), "the test finds the {place}");
        }
        let counts = hub.erase_contract(ada, &erased.id).await.unwrap().counts;
        assert_eq!((counts.versions, counts.deliveries), (2, 1));
        assert!(counts.entries >= 8, "{counts:?}");
        assert_eq!(opened.places_of("zqgone").await, Vec::<String>::new());
        assert!(matches!(hub.contract(ada, &erased.id).await, Err(Error::Problem(Problem::NotFound))));
        assert_eq!(opened.number("SELECT count(*) FROM erasures").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM erased_files").await, 0);
        // The other contract is complete.
        assert_eq!(hub.contract(ada, &kept.id).await.unwrap(), kept);
        assert_eq!(opened.stored_files(), 2);
        assert!(hub.version_text(ada, &kept.id, 2).await.unwrap().unwrap().contains("zqkeeptext"));
        let usage = hub.usage(ada).await.unwrap();
        let bytes: i64 = kept.versions.iter().map(|version| version.size_bytes).sum();
        assert_eq!((usage.contracts.used, usage.storage_bytes.used), (1, bytes));
    })
    .await;
}

/// The first delivery fails, so it has no contract. Its steps and timeline entries name the deal.
async fn contract_after_a_failed_delivery(fixture: &Connected, marker: &str) -> Contract {
    let deal = fixture.opportunity(&format!("{marker}deal"), Some(file(1, b"%PDF-1.7 one")));
    let body = json!([{ "errorCode": "INSUFFICIENT_ACCESS", "message": "no" }]);
    fixture.fault(Fault {
        path_contains: "VersionData".to_owned(),
        status: Some(403),
        body: Some(body),
        times: 1,
        ..Fault::default()
    });
    let failed = fixture.deliver(&deal).await;
    assert_eq!((failed.status, failed.contract_id), (DeliveryStatus::Failed, None));
    fixture.deliver_contract(&deal).await
}

#[tokio::test]
async fn deliveries_of_a_deal_that_is_no_longer_linked_are_erased() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let contract = contract_after_a_failed_delivery(&fixture, "zqgone").await;
        fixture.hub.unlink_contract(&fixture.admin, &contract.id).await.unwrap();
        fixture.hub.erase_contract(&fixture.admin, &contract.id).await.unwrap();
        assert_eq!(opened.places_of("zqgone").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn deliveries_of_a_disconnected_account_are_erased() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let contract = contract_after_a_failed_delivery(&fixture, "zqgone").await;
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        fixture.hub.erase_contract(&fixture.admin, &contract.id).await.unwrap();
        assert_eq!(opened.places_of("zqgone").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn one_line_of_the_audit_log_remains_and_the_chain_is_intact() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let contract = contract_with(&fixture, "zqgone").await;
        fixture.hub.erase_contract(&fixture.admin, &contract.id).await.unwrap();
        let lines = fixture.hub.audit_log(&fixture.admin, &Default::default(), &Default::default()).await.unwrap().items;
        let named: Vec<_> = lines.iter().filter(|line| line.summary.contains(contract.id.as_str())).collect();
        let [line] = named.as_slice() else { panic!("{named:?}") };
        assert_eq!((line.kind.as_str(), line.actor_id.as_ref()), ("contract_erased", Some(&fixture.admin.user_id)));
        assert_eq!(line.summary, format!("ada erased the contract {}", contract.id));
        let mut states = Vec::new();
        fixture.hub.verify_audit(None, |_, _, state| states.push(state)).await.unwrap();
        let [ChainState::Whole(whole)] = states.as_slice() else { panic!("{states:?}") };
        assert!(whole.erased >= 4, "{whole:?}");
    })
    .await;
}

/// SQLite leaves copies of rows in pages that it has split, which `secure_delete` does not overwrite.
#[tokio::test]
async fn many_changes_leave_no_copies_of_an_erased_contract() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_UPLOADS_PER_HOUR", "0")]).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let mut contracts = Vec::new();
        for number in 0..60_usize {
            let contract = upload(hub, ada, &format!("zqfile{number:03}.pdf"), format!("%PDF-1.7 {number}")).await.unwrap();
            contracts.push(contract.id);
            for round in 0..3 {
                let at = (number * 7 + round * 13) % contracts.len();
                let title = format!("zqtitle{at:03} {}", "long ".repeat((number * round) % 40));
                hub.change_title(ada, &contracts[at], None, &title).await.unwrap();
            }
        }
        for at in (0..60).step_by(3) {
            hub.erase_contract(ada, &contracts[at]).await.unwrap();
        }
        for at in (0..60).step_by(3) {
            for marker in [format!("zqtitle{at:03}"), format!("zqfile{at:03}")] {
                assert_eq!(opened.places_of(&marker).await, Vec::<String>::new(), "{marker}");
            }
        }
        assert_eq!(hub.usage(ada).await.unwrap().contracts.used, 40);
    })
    .await;
}

#[tokio::test]
async fn polls_and_reconciliations_do_not_create_it_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let deal = fixture.opportunity("Rollout", None);
        enter(&fixture, &deal, STAGE);
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Rollout"]);
        let page = fixture.hub.contracts(&fixture.admin, &Default::default()).await.unwrap();
        fixture.hub.erase_contract(&fixture.admin, &page.items[0].id).await.unwrap();
        assert_eq!(
            opened.number("SELECT count(*) FROM delivery_events WHERE event_key LIKE '006%'").await,
            1,
            "the event is known"
        );
        set(&fixture, &deal, "NextStep", "Sign");
        next_poll(&fixture).await;
        // Even an event that was unknown when the contract was erased.
        enter(&fixture, &deal, "Prospecting");
        crate::flows::connections::polling::pass(&fixture, 60);
        enter(&fixture, &deal, STAGE);
        next_poll(&fixture).await;
        let [delivery] = crate::flows::connections::polling::deliveries(&fixture).await.try_into().unwrap();
        assert_eq!(delivery.status, DeliveryStatus::Done);
        assert!(delivery.error.unwrap().contains("An admin erased the contract"));
        fixture.advance(3_600);
        fixture.stay_signed_in().await;
        fixture.hub.schedule_connections().await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(titles(&fixture).await, Vec::<String>::new());
        let dry_run = fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, deal.as_str()).await.unwrap();
        assert!(dry_run.trigger_rejection.unwrap().contains("erased"));
    })
    .await;
}

#[tokio::test]
async fn a_user_or_a_webhook_call_creates_it_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let deal = fixture.opportunity("Rollout", None);
        enter(&fixture, &deal, STAGE);
        let contract = fixture.deliver_contract(&deal).await;
        hub.erase_contract(ada, &contract.id).await.unwrap();
        assert_eq!(hub.import_backlog(ada, &fixture.connection.id, BacklogFilter::default(), None).await.unwrap(), 1);
        fixture.run_jobs().await;
        assert_eq!(titles(&fixture).await, ["Rollout"]);
        assert_eq!(opened.number("SELECT count(*) FROM erased_deals").await, 0, "the deal is imported automatically again");
        let again = hub.contracts(ada, &Default::default()).await.unwrap().items[0].id.clone();
        hub.erase_contract(ada, &again).await.unwrap();
        assert_eq!(poll(&fixture).await, 0);
        assert_ne!(fixture.deliver_contract(&deal).await.id, again);
    })
    .await;
}

#[tokio::test]
async fn waiting_deliveries_and_write_backs_of_the_deal_are_removed() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        change_settings(&fixture, json!({ "write_on_create": false })).await;
        let deal = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&deal).await;
        let other = fixture.opportunity("Other", None);
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        fixture.call(&deal).await;
        fixture.call(&other).await;
        fixture.hub.erase_contract(&fixture.admin, &contract.id).await.unwrap();
        assert_eq!(fixture.run_jobs().await, 1, "only the delivery of the other deal");
        assert_eq!(titles(&fixture).await, ["Other"]);
        assert_eq!(fixture.salesforce().writes.entries().count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_form_gets_the_same_receipt_and_other_forms_are_gone() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let hub = &fixture.hub;
        let form = |id: &str| Actor { idempotency_key: Some(IdempotencyKey::new(id, &[b"f"])), ..fixture.admin.clone() };
        let contract = upload(hub, &form("upload"), "a.pdf", "%PDF-1.7 one").await.unwrap();
        let first = hub.erase_contract(&form("erase"), &contract.id).await.unwrap();
        assert_eq!(hub.erase_contract(&form("erase"), &contract.id).await.unwrap(), first);
        let repeated = upload(hub, &form("upload"), "a.pdf", "%PDF-1.7 one").await;
        assert!(matches!(repeated, Err(Error::Problem(Problem::NotFound))), "the upload is not repeated");
        let again = hub.erase_contract(&fixture.admin, &contract.id).await;
        assert!(matches!(again, Err(Error::Problem(Problem::NotFound))));
        assert_eq!(opened.stored_files(), 0);
    })
    .await;
}

#[tokio::test]
async fn only_admins_of_the_organization_erase() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let mira = join(&fixture.hub, &fixture.admin, "mira", Role::Member).await;
        assert!(matches!(fixture.hub.erase_contract(&mira, &contract.id).await, Err(Error::Problem(Problem::Forbidden))));
        let eve = register(&fixture.hub, "eve").await;
        assert!(matches!(fixture.hub.erase_contract(&eve, &contract.id).await, Err(Error::Problem(Problem::NotFound))));
        assert_eq!(fixture.hub.contract(&fixture.admin, &contract.id).await.unwrap(), contract);
    })
    .await;
}
