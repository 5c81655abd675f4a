//! Where a version is filed, and what deliveries import afterwards.

use super::{ONE, TWO, contents, filing, last_line, latest_of_first_document, set_status, start, texts, upload, with_upload};
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::filing::FilingStatus;
use lexicontract::domain::contract::{NegotiationStatus, ScanStatus};
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::record::RecordId;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::upload_version;

#[tokio::test]
async fn approved_version_becomes_a_new_version_of_the_same_document() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let queued = set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        assert_eq!(queued.versions[1].filed.as_ref().unwrap().status, FilingStatus::Pending);
        assert_eq!(queued.versions[0].filed, None, "the version from Salesforce is there already");
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
        let latest = latest_of_first_document(&fixture, &opportunity);
        assert_eq!(latest["file_name"], "Agreement reviewed.pdf");
        assert_eq!(latest["reason_for_change"], "Approved in LexiContract, version 2 of the contract");
        let filed = filing(&fixture, &contract).await.unwrap();
        assert_eq!((filed.status, filed.filed_at), (FilingStatus::Filed, Some(fixture.hub.clock().now())));
        assert_eq!((filed.remote_id.as_deref(), filed.attempts, filed.error), (latest["version_id"].as_str(), 1, None));
        let line = last_line(fixture.timeline(&contract).await, "version_filed");
        assert_eq!(line, "Filed version 2 in Salesforce as a new version of “Agreement 1.pdf”");
        set_status(&fixture, &contract, NegotiationStatus::Signed).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])], "the same version is filed once");
    })
    .await;
}

#[tokio::test]
async fn filed_version_is_not_imported_and_does_not_reopen_the_contract() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        let imported = fixture.deliver_contract(&opportunity).await;
        assert_eq!((imported.negotiation_status, imported.versions.len()), (NegotiationStatus::Approved, 2));
        assert!(imported.attention.is_empty(), "{:?}", imported.attention);
        let dry_run = fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, opportunity.as_str()).await.unwrap();
        assert_eq!(serde_json::to_value(dry_run.contract.action).unwrap(), "unchanged");
        fixture.attach(&opportunity, &file(30, b"%PDF-1.7 three, by the customer"));
        let reopened = fixture.deliver_contract(&opportunity).await;
        assert_eq!((reopened.negotiation_status, reopened.versions.len()), (NegotiationStatus::InReview, 3));
    })
    .await;
}

#[tokio::test]
async fn file_that_was_added_before_the_filing_is_still_imported() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let other = b"%PDF-1.7 newer, and not imported yet";
        fixture.attach(&opportunity, &file(21, other));
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO]), texts(&[other])]);
        let imported = fixture.deliver_contract(&opportunity).await;
        assert_eq!((imported.negotiation_status, imported.versions.len()), (NegotiationStatus::InReview, 3));
        assert_eq!(imported.versions[2].file_name, "Agreement 21.pdf");
    })
    .await;
}

#[tokio::test]
async fn newer_revision_of_a_user_stays_the_latest_of_its_document() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let newer: &[u8] = b"%PDF-1.7 newer, by the customer";
        let document = latest_of_first_document(&fixture, &opportunity)["document_id"].as_str().unwrap().to_owned();
        files::add_version(&mut fixture.salesforce(), &document, &file(25, newer)).unwrap();
        set_status(&fixture, &contract, NegotiationStatus::Signed).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, newer]), texts(&[TWO])]);
        let line = last_line(fixture.timeline(&contract).await, "version_filed");
        assert!(line.starts_with("Filed version 2 in Salesforce as a separate file, because"), "{line}");
        let imported = fixture.deliver_contract(&opportunity).await;
        assert_eq!((imported.versions.len(), imported.versions[2].file_name.as_str()), (3, "Agreement 25.pdf"));
        assert_eq!(imported.attention, [Attention::NewerVersion]);
        let again = fixture.deliver_contract(&opportunity).await;
        assert_eq!(again.versions.len(), 3, "the separate file is not imported");
    })
    .await;
}

/// Approves the contract. A user adds a revision of its file while Salesforce receives the filed version.
async fn file_while_a_user_adds_a_revision(fixture: &Connected, opportunity: &RecordId, contract: &ContractId, fault: Fault) {
    let hidden: &[u8] = b"%PDF-1.7 at the same time";
    let document = latest_of_first_document(fixture, opportunity)["document_id"].as_str().unwrap().to_owned();
    let (method, path_contains) = (Some("POST".to_owned()), "ContentVersion".to_owned());
    fixture.fault(Fault { method, path_contains, delay_ms: Some(500), ..fault });
    set_status(fixture, contract, NegotiationStatus::Approved).await;
    let during = async {
        while !fixture.salesforce().requests.entries().any(|request| request.path.ends_with("/sobjects/ContentVersion")) {
            tokio::task::yield_now().await;
        }
        files::add_version(&mut fixture.salesforce(), &document, &file(25, hidden)).unwrap();
    };
    tokio::join!(fixture.run_jobs(), during);
    assert_eq!(contents(fixture, opportunity), [texts(&[ONE, hidden, TWO])]);
}

async fn file_names(fixture: &Connected, contract: &ContractId) -> Vec<String> {
    fixture.contract(contract).await.versions.into_iter().map(|version| version.file_name).collect()
}

#[tokio::test]
async fn revision_that_a_user_adds_during_the_filing_is_imported() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        file_while_a_user_adds_a_revision(&fixture, &opportunity, &contract, Fault::default()).await;
        assert_eq!(file_names(&fixture, &contract).await, ["Agreement 1.pdf", "Agreement reviewed.pdf", "Agreement 25.pdf"]);
        let status = fixture.contract(&contract).await.negotiation_status;
        assert_eq!(status, NegotiationStatus::InReview, "the change of the user reopens the contract");
    })
    .await;
}

#[tokio::test]
async fn revision_that_a_user_adds_during_an_interrupted_filing_is_imported() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        let lost_response = Fault { cut_at: Some(0), ..Fault::default() };
        file_while_a_user_adds_a_revision(&fixture, &opportunity, &contract, lost_response).await;
        assert_eq!(file_names(&fixture, &contract).await, ["Agreement 1.pdf", "Agreement reviewed.pdf"]);
        fixture.advance(60);
        fixture.run_jobs().await;
        assert_eq!(file_names(&fixture, &contract).await, ["Agreement 1.pdf", "Agreement reviewed.pdf", "Agreement 25.pdf"]);
    })
    .await;
}

#[tokio::test]
async fn approved_contract_is_filed_when_it_is_linked_to_a_deal() {
    on_every_database(async |opened| {
        let fixture = start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let contract = test_support::users::upload(hub, admin, "signed.pdf", TWO).await.unwrap().id;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        hub.link_contract(admin, &contract, &fixture.connection.id, opportunity.as_str()).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await.unwrap().status, FilingStatus::Filed);
        assert_eq!(contents(&fixture, &opportunity), [texts(&[TWO])]);
    })
    .await;
}

#[tokio::test]
async fn version_that_is_uploaded_to_an_approved_contract_is_filed() {
    on_every_database(async |opened| {
        let fixture = start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, ONE)));
        let contract = fixture.deliver_contract(&opportunity).await.id;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert!(filing(&fixture, &contract).await.is_none(), "the version came from Salesforce");
        upload_version(&fixture.hub, &fixture.admin, &contract, "signed.pdf", TWO).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await.unwrap().status, FilingStatus::Filed);
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
    })
    .await;
}

#[tokio::test]
async fn later_version_is_filed_above_the_filed_one() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        let signed: &[u8] = b"%PDF-1.7 signed";
        upload(&fixture, &contract, signed, ScanStatus::NotScanned).await;
        set_status(&fixture, &contract, NegotiationStatus::Signed).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO, signed])]);
        let imported = fixture.deliver_contract(&opportunity).await;
        assert_eq!((imported.negotiation_status, imported.versions.len()), (NegotiationStatus::Signed, 3));
    })
    .await;
}

#[tokio::test]
async fn version_of_a_deal_without_a_file_becomes_a_new_file() {
    on_every_database(async |opened| {
        let fixture = start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await.id;
        upload(&fixture, &contract, TWO, ScanStatus::NotScanned).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[TWO])]);
        let line = last_line(fixture.timeline(&contract).await, "version_filed");
        assert_eq!(line, "Filed version 1 in Salesforce as a new file");
        let imported = fixture.deliver_contract(&opportunity).await;
        assert_eq!((imported.negotiation_status, imported.versions.len()), (NegotiationStatus::Approved, 1));
    })
    .await;
}

#[tokio::test]
async fn attachment_is_not_hidden_by_the_filed_file() {
    on_every_database(async |opened| {
        let fixture = start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        files::attach_legacy(&mut fixture.salesforce(), opportunity.as_str(), &file(1, ONE));
        let contract = fixture.deliver_contract(&opportunity).await.id;
        upload(&fixture, &contract, TWO, ScanStatus::NotScanned).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[TWO])]);
        assert_eq!(fixture.deliver_contract(&opportunity).await.versions.len(), 2);
        files::attach_legacy(&mut fixture.salesforce(), opportunity.as_str(), &file(9, b"%PDF-1.7 newer attachment"));
        assert_eq!(fixture.deliver_contract(&opportunity).await.versions.len(), 3);
    })
    .await;
}
