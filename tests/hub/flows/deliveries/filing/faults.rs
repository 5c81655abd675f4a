//! Failed and interrupted attempts.

use super::{ONE, TWO, contents, filing, last_line, latest_of_first_document, set_status, texts, with_upload};
use lexicontract::domain::account::users::Role;
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::filing::FilingStatus;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::services::ConnectionChange;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::{files, opportunities};
use test_support::databases::{execute, on_every_database};
use test_support::fixture::file;
use test_support::users::join;

#[tokio::test]
async fn file_is_found_after_a_lost_response() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let lost = Fault {
            method: Some("POST".to_owned()),
            path_contains: "ContentVersion".to_owned(),
            cut_at: Some(0),
            ..Fault::default()
        };
        fixture.fault(lost);
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        let pending = filing(&fixture, &contract).await.unwrap();
        assert_eq!((pending.status, pending.attempts), (FilingStatus::Pending, 1));
        // A delivery recognizes the file although its id is not recorded yet.
        let imported = fixture.deliver_contract(&opportunity).await;
        assert_eq!((imported.negotiation_status, imported.versions.len()), (NegotiationStatus::Approved, 2));
        let newer: &[u8] = b"%PDF-1.7 newer, by the customer";
        let document = latest_of_first_document(&fixture, &opportunity)["document_id"].as_str().unwrap().to_owned();
        files::add_version(&mut fixture.salesforce(), &document, &file(25, newer)).unwrap();
        fixture.advance(59);
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await.unwrap().status, FilingStatus::Pending, "Salesforce gets time to finish");
        fixture.advance(1);
        fixture.run_jobs().await;
        let versions = fixture.contract(&contract).await.versions;
        assert_eq!(versions[1].filed.as_ref().map(|filed| filed.status), Some(FilingStatus::Filed));
        assert_eq!(versions.len(), 3, "the newer revision is imported");
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO, newer])], "filed once, below the newer revision");
    })
    .await;
}

#[tokio::test]
async fn interrupted_attempt_looks_for_the_file_first() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened.clone()).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        // The state after a kill between the upload and the record of its result.
        let now = fixture.hub.clock().now();
        let undo = format!("UPDATE filings SET status = 'pending', remote_id = NULL, filed_at = NULL, sent_at = '{now}'");
        execute(&opened.db, &undo).await;
        fixture.hub.file_version(&fixture.admin, &contract, 2).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await.unwrap().status, FilingStatus::Pending, "the response can be outstanding");
        fixture.advance(15);
        fixture.run_jobs().await;
        let filed = filing(&fixture, &contract).await.unwrap();
        let latest = latest_of_first_document(&fixture, &opportunity);
        assert_eq!((filed.status, filed.remote_id.as_deref()), (FilingStatus::Filed, latest["version_id"].as_str()));
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
    })
    .await;
}

#[tokio::test]
async fn rejected_upload_is_repeated_without_a_second_file() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let down = Fault {
            method: Some("POST".to_owned()),
            path_contains: "ContentVersion".to_owned(),
            status: Some(503),
            ..Fault::default()
        };
        fixture.fault(down);
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        let pending = filing(&fixture, &contract).await.unwrap();
        assert!(pending.status == FilingStatus::Pending && pending.error.is_some(), "{pending:?}");
        fixture.advance(60);
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
        assert_eq!(filing(&fixture, &contract).await.unwrap().attempts, 2);
    })
    .await;
}

#[tokio::test]
async fn missing_permission_stops_with_advice_and_a_member_tries_again() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        fixture.salesforce().can_create_files = false;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        let failed = filing(&fixture, &contract).await.unwrap();
        assert_eq!(failed.status, FilingStatus::Failed);
        assert!(failed.error.as_ref().is_some_and(|error| error.contains("Collaborator")), "{failed:?}");
        assert_eq!(fixture.contract(&contract).await.attention, [Attention::SyncFailed]);
        let test = fixture.hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap();
        let checks: Vec<_> = test.checks.iter().filter(|check| !check.ok).map(|check| check.name.as_str()).collect();
        assert_eq!(checks, ["Files creatable"]);
        fixture.salesforce().can_create_files = true;
        let vera = join(&fixture.hub, &fixture.admin, "vera", Role::Viewer).await;
        let refused = fixture.hub.file_version(&vera, &contract, 2).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Forbidden))));
        let mia = join(&fixture.hub, &fixture.admin, "mia", Role::Member).await;
        fixture.hub.file_version(&mia, &contract, 2).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
        assert!(fixture.contract(&contract).await.attention.is_empty());
        assert_eq!(last_line(fixture.timeline(&contract).await, "filing_requested"), "mia asked to file version 2 in Salesforce");
    })
    .await;
}

#[tokio::test]
async fn deleted_opportunity_stops_the_filing() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        opportunities::delete(&mut fixture.salesforce(), opportunity.as_str());
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        let failed = filing(&fixture, &contract).await.unwrap();
        assert!(failed.status == FilingStatus::Failed && failed.error.unwrap().contains("deleted"));
    })
    .await;
}

#[tokio::test]
async fn paused_connection_files_after_it_is_resumed() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let switch = async |is_enabled| {
            let change = ConnectionChange { is_enabled: Some(is_enabled), ..ConnectionChange::default() };
            fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
        };
        switch(false).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await.unwrap().status, FilingStatus::Pending);
        switch(true).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
    })
    .await;
}

#[tokio::test]
async fn disconnect_fails_pending_filings() {
    on_every_database(async |opened| {
        let (fixture, _, contract) = with_upload(opened).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        let failed = filing(&fixture, &contract).await.unwrap();
        assert!(failed.status == FilingStatus::Failed && failed.error.unwrap().contains("disconnected"));
        let rejected = fixture.hub.file_version(&fixture.admin, &contract, 2).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::AccountNotConnected))));
    })
    .await;
}
