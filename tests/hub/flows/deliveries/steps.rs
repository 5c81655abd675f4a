//! The steps of a delivery: of successful, failed, skipped, parked and repeated attempts.

use lexicontract::domain::connection::SecretPurpose;
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::delivery_steps::{DeliveryDetail, StepKind};
use lexicontract::domain::ids::DeliveryId;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::RecordId;
use lexicontract::hub::Error;
use lexicontract::services::ConnectionChange;
use lexicontract::{connectors, db};
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files::NewFile;
use serde_json::json;
use std::time::Duration;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, call_about, file};
use test_support::users::register;

async fn detail(fixture: &Connected, id: &DeliveryId) -> DeliveryDetail {
    fixture.hub.delivery(&fixture.admin, id).await.unwrap()
}

fn kinds(detail: &DeliveryDetail) -> Vec<StepKind> {
    detail.steps.iter().map(|step| step.step).collect()
}

/// The detail of the last step of this kind.
fn said(detail: &DeliveryDetail, kind: StepKind) -> &str {
    let step = detail.steps.iter().rfind(|step| step.step == kind).unwrap_or_else(|| panic!("{kind:?} in {:?}", detail.steps));
    step.detail.as_deref().unwrap_or_default()
}

use StepKind::{
    ContractStored, DealRead, DealSkipped, Downloaded, Failed, FileChosen, FileRejected, FileUnchanged, FilesListed, NoFile,
    Parked, Postponed, Received, Redelivered, VersionStored, Waiting,
};

#[tokio::test]
async fn completed_delivery_shows_each_step_with_its_duration() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let receipt = fixture.call(&opportunity).await;
        fixture.advance(7);
        let waiting = detail(&fixture, &receipt.delivery_id).await;
        assert_eq!(kinds(&waiting), [Received, Waiting]);
        assert_eq!(waiting.steps[1].duration_ms, 7_000, "until now");
        fixture.run_jobs().await;
        let done = detail(&fixture, &receipt.delivery_id).await;
        assert_eq!(kinds(&done), [Received, Waiting, DealRead, FilesListed, FileChosen, Downloaded, VersionStored]);
        assert_eq!(said(&done, Received), "Salesforce reported the Opportunity");
        assert_eq!(said(&done, DealRead), "“Rollout” in stage “Prospecting”");
        assert_eq!(said(&done, FilesListed), "1 file");
        assert_eq!(said(&done, FileChosen), "“Agreement 1.pdf”, the newest document that can be used");
        assert_eq!(said(&done, Downloaded), "12 bytes");
        assert_eq!(said(&done, VersionStored), "Created the contract, “Agreement 1.pdf” is version 1");
        assert_eq!(
            (done.steps[1].duration_ms, done.steps[1].at),
            (7_000, done.delivery.received_at),
            "the time before the attempt"
        );
        assert!(done.steps.iter().all(|step| step.at >= done.delivery.received_at), "{:?}", done.steps);
        assert_eq!((done.connection_id.clone(), done.record_name.as_deref()), (fixture.connection.id.clone(), Some("Rollout")));
        let again = fixture.deliver(&opportunity).await;
        assert_eq!(kinds(&detail(&fixture, &again.id).await).last(), Some(&FileUnchanged));
    })
    .await;
}

#[tokio::test]
async fn duration_of_a_step_is_the_time_of_its_calls() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let slow = Fault { path_contains: "VersionData".to_owned(), delay_ms: Some(400), times: 1, ..Fault::default() };
        fixture.fault(slow);
        let delivery = fixture.deliver(&opportunity).await;
        let steps = detail(&fixture, &delivery.id).await.steps;
        let duration = |kind| steps.iter().find(|step| step.step == kind).unwrap().duration_ms;
        assert!(duration(Downloaded) >= 400, "{steps:?}");
        assert!(duration(FileChosen) < duration(Downloaded), "{steps:?}");
    })
    .await;
}

#[tokio::test]
async fn failed_attempts_keep_their_steps() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.fault(Fault { path_contains: "VersionData".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        let receipt = fixture.call(&opportunity).await;
        fixture.run_jobs().await;
        let waits = detail(&fixture, &receipt.delivery_id).await;
        assert_eq!(kinds(&waits), [Received, Waiting, DealRead, FilesListed, FileChosen, Failed, Waiting]);
        assert!(said(&waits, Failed).ends_with("Next attempt at 2026-11-22T16:00:05.000Z."), "{}", said(&waits, Failed));
        assert_eq!(said(&waits, Waiting), "The next attempt is at 2026-11-22T16:00:05.000Z");
        fixture.advance(5);
        fixture.run_jobs().await;
        let done = detail(&fixture, &receipt.delivery_id).await;
        assert_eq!(kinds(&done)[6..], [Waiting, DealRead, FilesListed, FileChosen, Downloaded, VersionStored]);
        assert_eq!(done.steps[6].duration_ms, 5_000, "the pause");

        let gone = fixture.call(&RecordId::new("006ak00000OQ4RxAAL")).await;
        fixture.run_jobs().await;
        let failed = detail(&fixture, &gone.delivery_id).await;
        assert_eq!((failed.delivery.status, kinds(&failed)), (DeliveryStatus::Failed, vec![Received, Waiting, Failed]));
        assert!(said(&failed, Failed).ends_with("There is no further automatic attempt."), "{}", said(&failed, Failed));
        fixture.advance(60);
        fixture.hub.redeliver(&fixture.admin, &gone.delivery_id).await.unwrap();
        let again = detail(&fixture, &gone.delivery_id).await;
        assert_eq!(kinds(&again)[3..], [Redelivered, Waiting]);
        assert_eq!(said(&again, Redelivered), "ada requested the delivery again");
    })
    .await;
}

#[tokio::test]
async fn skipped_rejected_and_missing_files_say_why() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let picture = named("logo.png", b"\x89PNG\r\n\x1a\n");
        let delivery = fixture.deliver(&fixture.opportunity("Pictures", Some(picture))).await;
        let shown = detail(&fixture, &delivery.id).await;
        assert_eq!(kinds(&shown)[2..], [DealRead, FilesListed, FilesListed, NoFile, ContractStored]);
        assert!(said(&shown, NoFile).starts_with("“logo.png”: "), "{}", said(&shown, NoFile));
        assert_eq!(said(&shown, ContractStored), "Created the contract without a document");

        let wrong = named("contract.pdf", b"\x89PNG\r\n\x1a\n");
        let delivery = fixture.deliver(&fixture.opportunity("Wrong content", Some(wrong))).await;
        let shown = detail(&fixture, &delivery.id).await;
        let expected = [DealRead, FilesListed, FileChosen, Downloaded, FileRejected, FilesListed, NoFile, ContractStored];
        assert_eq!(kinds(&shown)[2..], expected);
        assert!(said(&shown, FileRejected).starts_with("“contract.pdf”: "), "{}", said(&shown, FileRejected));

        fixture.change_settings(json!({"trigger_stages": ["Closed Won"]})).await;
        let outbound = fixture.hub.create_outbound_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        let secret = outbound.url.rsplit('/').next().unwrap().into();
        let caller = fixture.hub.caller_with_secret(SecretPurpose::Outbound, &secret).await.unwrap().unwrap();
        let webhook = connectors::find("salesforce").unwrap().webhook("outbound").unwrap();
        let call = call_about(&caller, vec![fixture.opportunity("Elsewhere", None)]);
        let receipt = fixture.hub.receive(&caller, webhook, call, None).await.unwrap().remove(0);
        fixture.run_jobs().await;
        let skipped = detail(&fixture, &receipt.delivery_id).await;
        assert_eq!(kinds(&skipped).last(), Some(&DealSkipped));
        assert_eq!(said(&skipped, DealSkipped), skipped.delivery.error.as_deref().unwrap());
        assert_eq!(said(&skipped, Received), "Salesforce sent an Outbound Message about the Opportunity");
    })
    .await;
}

fn named(name: &str, bytes: &'static [u8]) -> NewFile {
    NewFile { file_name: name.to_owned(), ..file(1, bytes) }
}

#[tokio::test]
async fn parked_and_postponed_deliveries_say_what_they_wait_for() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let set_enabled = async |is_enabled: bool| {
            let change = ConnectionChange { is_enabled: Some(is_enabled), ..ConnectionChange::default() };
            fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
        };
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        set_enabled(false).await;
        fixture.run_jobs().await;
        let parked = detail(&fixture, &receipt.delivery_id).await;
        assert_eq!(kinds(&parked), [Received, Waiting, Parked, Waiting]);
        assert!(said(&parked, Waiting).contains("when an admin resumes it"), "{}", said(&parked, Waiting));
        set_enabled(true).await;
        fixture.run_jobs().await;

        let limit = json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]);
        let fault =
            Fault { path_contains: "query".to_owned(), status: Some(403), body: Some(limit), times: 1, ..Fault::default() };
        fixture.fault(fault);
        let first = fixture.call(&fixture.opportunity("First", None)).await;
        fixture.run_jobs().await;
        assert_eq!(kinds(&detail(&fixture, &first.delivery_id).await).get(2), Some(&Failed));
        for _ in 0..3 {
            execute(&fixture.opened.db, "UPDATE jobs SET run_at = created_at WHERE status = 'queued'").await;
            fixture.run_jobs().await;
        }
        let postponed = detail(&fixture, &first.delivery_id).await;
        let count = kinds(&postponed).into_iter().filter(|kind| *kind == Postponed).count();
        assert_eq!(count, 1, "a postponed attempt replaces the one before: {:?}", postponed.steps);
    })
    .await;
}

#[tokio::test]
async fn steps_are_bounded_hidden_from_others_and_removed_with_their_delivery() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let delivery = fixture.deliver(&fixture.opportunity("Rollout", None)).await;
        for _ in 0..60 {
            fixture.advance(1);
            fixture.hub.redeliver(&fixture.admin, &delivery.id).await.unwrap();
            fixture.run_jobs().await;
        }
        assert_eq!(opened.number("SELECT count(*) FROM delivery_attempts").await, 50);
        let shown = detail(&fixture, &delivery.id).await;
        assert_eq!(kinds(&shown).last(), Some(&ContractStored));
        assert!(kinds(&shown).iter().filter(|kind| **kind == Redelivered).count() == 25, "{:?}", kinds(&shown).len());
        let eve = register(&fixture.hub, "eve").await;
        assert!(matches!(fixture.hub.delivery(&eve, &delivery.id).await, Err(Error::Problem(Problem::NotFound))));
        let mut tx = opened.db.begin().await.unwrap();
        let later = fixture.hub.clock().now() + Duration::from_secs(1);
        assert_eq!(db::deliveries::delete_ended(&mut tx, later, 10).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM delivery_attempts").await, 0);
    })
    .await;
}
