//! Arrival of a newer version from the provider after the contract was approved, signed or rejected.

use crate::waiting::somebody_waits;
use lexicontract::db::contracts;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::{Contract, NegotiationStatus, SyncStatus};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::RecordId;
use lexicontract::hub::Error;
use lexicontract::services::ContractFilter;
use salesforce_simulator::state::schema::STATUS_FIELD;
use serde_json::{Value, json};
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, file};
use test_support::users::join;

/// A fixture with an Opportunity whose contract has one version and this status.
async fn with_status(opened: Opened, status: NegotiationStatus) -> (Connected, RecordId, Contract) {
    let fixture = Connected::start(opened).await;
    let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
    let contract = fixture.deliver_contract(&opportunity).await;
    fixture.hub.change_status(&fixture.admin, &contract.id, status).await.unwrap();
    fixture.run_jobs().await;
    (fixture, opportunity, contract)
}

fn value_in_salesforce(fixture: &Connected, opportunity: &RecordId) -> Value {
    fixture.salesforce().records.live("Opportunity", opportunity.as_str()).unwrap()[STATUS_FIELD].clone()
}

/// Kind, actor and summary of the audit entries about a contract, oldest first.
async fn audited(fixture: &Connected, contract: &Contract) -> Vec<(String, String, String)> {
    let page = PageRequest::new(Some(100), None).unwrap();
    let entries = fixture.hub.audit_log(&fixture.admin, &AuditFilter::default(), &page).await.unwrap().items;
    let about = entries.into_iter().rev().filter(|entry| entry.contract_id.as_ref() == Some(&contract.id));
    about.map(|entry| (entry.kind, entry.actor, entry.summary)).collect()
}

#[tokio::test]
async fn approved_contract_is_reopened() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_status(opened, NegotiationStatus::Approved).await;
        fixture.deliver(&opportunity).await;
        assert_eq!(value_in_salesforce(&fixture, &opportunity), "Approved", "the file is the same");
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let reopened = fixture.deliver_contract(&opportunity).await;
        assert_eq!(
            (reopened.negotiation_status, reopened.versions.len(), reopened.attention),
            (NegotiationStatus::InReview, 2, Vec::new()),
            "status, versions, attention"
        );
        assert_eq!(value_in_salesforce(&fixture, &opportunity), "In Review");
        let lines: Vec<_> = fixture.timeline(&contract.id).await;
        let kinds: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
        assert_eq!(kinds[kinds.len() - 3..], ["version_stored", "status_changed", "status_written"]);
        let why = "LexiContract changed the status from Approved to In Review, because Salesforce has a new version (2) of the \
                   document";
        assert_eq!(lines[lines.len() - 2].1, why);
        let audit = audited(&fixture, &contract).await;
        assert_eq!(audit.last().unwrap(), &("status_changed".to_owned(), "LexiContract".to_owned(), why.to_owned()));
    })
    .await;
}

#[tokio::test]
async fn approved_contract_is_marked_if_reopening_is_off() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_status(opened, NegotiationStatus::Approved).await;
        fixture.change_settings(json!({ "reopen_on_new_version": false })).await;
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let marked = fixture.deliver_contract(&opportunity).await;
        assert_eq!(
            (marked.negotiation_status, marked.attention),
            (NegotiationStatus::Approved, vec![Attention::NewerVersion]),
            "status, attention"
        );
        let line = fixture.timeline(&contract.id).await.pop().unwrap();
        let expected = ("newer_version", "Version 2 came from Salesforce after the status became Approved");
        assert_eq!((line.0.as_str(), line.1.as_str()), expected);
    })
    .await;
}

#[tokio::test]
async fn signed_and_rejected_contracts_are_marked_until_a_member_dismisses_the_notice() {
    for status in [NegotiationStatus::Signed, NegotiationStatus::Rejected] {
        on_every_database(async |opened| is_marked_until_dismissed(opened, status).await).await;
    }
}

async fn is_marked_until_dismissed(opened: Opened, status: NegotiationStatus) {
    let (fixture, opportunity, contract) = with_status(opened, status).await;
    fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
    let marked = fixture.deliver_contract(&opportunity).await;
    assert_eq!((marked.negotiation_status, &marked.attention[..]), (status, &[Attention::NewerVersion][..]));
    assert_eq!(value_in_salesforce(&fixture, &opportunity), status.label());
    fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::InReview).await.unwrap();
    assert_eq!(fixture.contract(&contract.id).await.attention, [Attention::NewerVersion], "a user dismisses it");
    let filter = ContractFilter { attention: Some(Attention::NewerVersion), ..ContractFilter::default() };
    let listed = fixture.hub.contracts(&fixture.admin, &filter).await.unwrap().items;
    assert_eq!(listed.iter().map(|listed| &listed.id).collect::<Vec<_>>(), [&contract.id]);
    assert_eq!(listed[0].attention, [Attention::NewerVersion]);
    let vera = join(&fixture.hub, &fixture.admin, "vera", Role::Viewer).await;
    let refused = fixture.hub.dismiss_newer_version(&vera, &contract.id).await;
    assert!(matches!(refused, Err(Error::Problem(Problem::Forbidden))));
    for _ in 0..2 {
        fixture.hub.dismiss_newer_version(&fixture.admin, &contract.id).await.unwrap();
        assert!(fixture.contract(&contract.id).await.attention.is_empty());
    }
    assert!(fixture.hub.contracts(&fixture.admin, &filter).await.unwrap().items.is_empty());
    let dismissals = |kind: &str| usize::from(kind == "attention_dismissed");
    let timeline = fixture.timeline(&contract.id).await;
    assert_eq!(timeline.iter().map(|line| dismissals(&line.0)).sum::<usize>(), 1);
    assert_eq!(audited(&fixture, &contract).await.iter().map(|line| dismissals(&line.0)).sum::<usize>(), 1);
}

#[tokio::test]
async fn contract_in_negotiation_is_neither_reopened_nor_marked() {
    on_every_database(async |opened| {
        let (fixture, opportunity, _) = with_status(opened, NegotiationStatus::InNegotiation).await;
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(
            (contract.negotiation_status, contract.versions.len(), contract.attention),
            (NegotiationStatus::InNegotiation, 2, Vec::new()),
            "status, versions, attention"
        );
    })
    .await;
}

#[tokio::test]
async fn contract_that_is_signed_while_the_version_is_stored_is_not_reopened() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_status(opened.clone(), NegotiationStatus::Approved).await;
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        fixture.call(&opportunity).await;
        let (organization, now) = (&fixture.admin.organization_id, fixture.hub.clock().now());
        let mut tx = opened.db.begin().await.unwrap();
        contracts::find_locked(&mut tx, organization, &contract.id).await.unwrap().unwrap();
        let hub = fixture.hub.clone();
        let ingest = tokio::spawn(async move { hub.run_one_job(false).await });
        somebody_waits(&opened, 1).await;
        contracts::set_negotiation_status(&mut tx, organization, &contract.id, NegotiationStatus::Signed, now).await.unwrap();
        tx.commit().await.unwrap();
        assert!(ingest.await.unwrap().unwrap());
        let marked = fixture.contract(&contract.id).await;
        assert_eq!(
            (marked.negotiation_status, marked.attention),
            (NegotiationStatus::Signed, vec![Attention::NewerVersion]),
            "status, attention"
        );
    })
    .await;
}

#[tokio::test]
async fn change_of_a_status_that_is_being_reopened_is_a_conflict() {
    on_every_database(async |opened| {
        let (fixture, _, contract) = with_status(opened.clone(), NegotiationStatus::Approved).await;
        let (organization, now) = (&fixture.admin.organization_id, fixture.hub.clock().now());
        let mut tx = opened.db.begin().await.unwrap();
        contracts::find_locked(&mut tx, organization, &contract.id).await.unwrap().unwrap();
        let (hub, admin, id) = (fixture.hub.clone(), fixture.admin.clone(), contract.id.clone());
        let seen = Some(NegotiationStatus::Approved);
        let sign = tokio::spawn(async move { hub.change_status_if(&admin, &id, seen, NegotiationStatus::Signed).await });
        somebody_waits(&opened, 1).await;
        contracts::set_negotiation_status(&mut tx, organization, &contract.id, NegotiationStatus::InReview, now).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(sign.await.unwrap(), Err(Error::Problem(Problem::ChangedMeanwhile))));
        assert_eq!(fixture.contract(&contract.id).await.negotiation_status, NegotiationStatus::InReview);
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced, "nothing was queued");
    })
    .await;
}
