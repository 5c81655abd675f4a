//! Links of contracts to deals, which users set and remove.

use lexicontract::domain::contract::SyncStatus;
use lexicontract::domain::ids::ConnectionId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::domain::record::RecordId;
use lexicontract::hub::Error;
use lexicontract::random::new_id;
use lexicontract::services::{Actor, ConnectionChange, ContractFilter, IdempotencyKey};
use salesforce_simulator::state::schema::STATUS_FIELD;
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::{register, upload};

async fn link(fixture: &Connected, contract: &lexicontract::domain::contract::Contract, pasted: &str) -> Result<(), Problem> {
    match fixture.hub.link_contract(&fixture.admin, &contract.id, &fixture.connection.id, pasted).await {
        Ok(_) => Ok(()),
        Err(Error::Problem(problem)) => Err(problem),
        Err(error) => panic!("{error:?}"),
    }
}

fn status_of(fixture: &Connected, deal: &RecordId) -> Vec<String> {
    let state = fixture.salesforce();
    let of_deal = state.writes.entries().filter(|write| write.id == deal.as_str());
    of_deal.map(|write| write.fields[STATUS_FIELD].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn uploaded_contract_is_linked_by_address_and_its_status_is_written() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let deal = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 two")));
        let address = format!("https://acme.lightning.force.com/lightning/r/Opportunity/{deal}/view");
        link(&fixture, &contract, &address).await.unwrap();
        let linked = fixture.contract(&contract.id).await;
        let source = linked.source().unwrap();
        assert_eq!(
            (&source.record_id, source.name.as_str(), source.party_name.as_deref()),
            (&deal, "Rollout", Some("Northwind"))
        );
        assert_eq!((source.connection_id.as_ref(), source.sync.status), (Some(&fixture.connection.id), SyncStatus::Pending));
        fixture.run_jobs().await;
        assert_eq!(status_of(&fixture, &deal), ["Draft"]);
        let filter = ContractFilter { text: Some("northwind".to_owned()), ..ContractFilter::default() };
        assert_eq!(fixture.hub.contracts(&fixture.admin, &filter).await.unwrap().items.len(), 1, "the customer is found");
        let lines = fixture.timeline(&contract.id).await;
        assert!(lines.contains(&("contract_linked".to_owned(), "ada linked the contract to the deal “Rollout”".to_owned())));
        // A later event of the deal belongs to this contract.
        assert_eq!(fixture.deliver_contract(&deal).await.id, contract.id);
    })
    .await;
}

#[tokio::test]
async fn another_deal_replaces_the_link_and_none_removes_it() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        fixture.change_settings(json!({ "write_on_create": false })).await;
        let first = fixture.opportunity("First", Some(file(1, b"%PDF-1.7 one")));
        let contract = fixture.deliver_contract(&first).await;
        let second = fixture.opportunity("Second", None);
        link(&fixture, &contract, second.as_str()).await.unwrap();
        link(&fixture, &contract, second.as_str()).await.unwrap();
        let linked = fixture.contract(&contract.id).await;
        assert_eq!((linked.links.len(), linked.source().unwrap().sync.status), (1, SyncStatus::Idle));
        assert_eq!(linked.source().unwrap().record_id, second);
        fixture.hub.unlink_contract(&fixture.admin, &contract.id).await.unwrap();
        fixture.hub.unlink_contract(&fixture.admin, &contract.id).await.unwrap();
        assert_eq!(fixture.contract(&contract.id).await.links, []);
        let kinds: Vec<String> = fixture.timeline(&contract.id).await.into_iter().map(|(kind, _)| kind).collect();
        let count = |kind: &str| kinds.iter().filter(|other| *other == kind).count();
        assert_eq!((count("contract_linked"), count("contract_unlinked")), (1, 1), "repeated requests change nothing");
        assert_eq!(opened.number("SELECT count(*) FROM activity WHERE is_audit AND kind = 'contract_unlinked'").await, 1);
        // The first deal has no contract any more, so its next event creates one.
        assert_ne!(fixture.deliver_contract(&first).await.id, contract.id);
    })
    .await;
}

#[tokio::test]
async fn write_back_to_the_previous_deal_ends_with_its_link() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let first = fixture.opportunity("First", None);
        let receipt = fixture.call(&first).await;
        fixture.hub.run_one_job(false).await.unwrap();
        let id = fixture.delivery(&receipt).await.contract_id.unwrap();
        let contract = fixture.contract(&id).await;
        assert_eq!(contract.source().unwrap().sync.status, SyncStatus::Pending);
        fixture.hub.unlink_contract(&fixture.admin, &id).await.unwrap();
        assert_eq!((fixture.run_jobs().await, status_of(&fixture, &first)), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn deals_of_other_contracts_and_unknown_deals_are_rejected() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let deal = fixture.opportunity("Rollout", None);
        let owner = fixture.deliver_contract(&deal).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let problem = link(&fixture, &contract, deal.as_str()).await.unwrap_err();
        assert_eq!((problem.code(), problem.status()), ("record_linked", 409));
        let problem = link(&fixture, &contract, "006000000000000AAA").await.unwrap_err();
        assert_eq!((problem.code(), problem.status()), ("opportunity_not_found", 404));
        assert_eq!(link(&fixture, &contract, "nonsense").await, Err(Invalid::RecordId.into()));
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let unknown: ConnectionId = new_id();
        let outcome = hub.link_contract(ada, &contract.id, &unknown, deal.as_str()).await;
        assert!(matches!(outcome, Err(Error::Problem(Problem::NotFound))));
        let eve = register(hub, "eve").await;
        let outcome = hub.link_contract(&eve, &contract.id, &fixture.connection.id, deal.as_str()).await;
        assert!(matches!(outcome, Err(Error::Problem(Problem::NotFound))));
        let paused = ConnectionChange { is_enabled: Some(false), ..ConnectionChange::default() };
        hub.update_connection(ada, &fixture.connection.id, paused).await.unwrap();
        assert_eq!(link(&fixture, &contract, deal.as_str()).await, Err(Problem::IntegrationDisabled));
        assert_eq!(fixture.contract(&contract.id).await.links, []);
        assert_eq!(fixture.contract(&owner.id).await.source().unwrap().record_id, deal);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_form_links_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let deal = fixture.opportunity("Rollout", None);
        let form = Actor { idempotency_key: Some(IdempotencyKey::new("1", &[b"link"])), ..fixture.admin.clone() };
        let first = fixture.hub.link_contract(&form, &contract.id, &fixture.connection.id, deal.as_str()).await.unwrap();
        fixture.hub.unlink_contract(&fixture.admin, &contract.id).await.unwrap();
        let again = fixture.hub.link_contract(&form, &contract.id, &fixture.connection.id, deal.as_str()).await.unwrap();
        assert_eq!(again, first, "the response of the first submission");
        assert_eq!(fixture.contract(&contract.id).await.links, []);
    })
    .await;
}
