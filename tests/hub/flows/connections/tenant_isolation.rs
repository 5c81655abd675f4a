//! Isolation: an admin gets `NotFound` for all resources of another organization.

use lexicontract::domain::account::users::{Role, TokenLifetime};
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Result};
use lexicontract::services::{ConnectionChange, ContractFilter, NewUser, UserChange};
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::register;

fn is_hidden<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::Problem(Problem::NotFound)))
}

#[tokio::test]
async fn connections_and_contracts_are_hidden_from_other_organizations() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let delivery = fixture.deliver(&opportunity).await;
        let (hub, id, contract) = (&fixture.hub, &fixture.connection.id, delivery.contract_id.as_ref().unwrap());
        let eve = &register(hub, "eve").await;
        let page = PageRequest::default();
        assert!(is_hidden(hub.connection(eve, id).await));
        assert!(is_hidden(hub.update_connection(eve, id, ConnectionChange::default()).await));
        assert!(is_hidden(hub.test_connection(eve, id).await));
        assert!(is_hidden(hub.reconnect(eve, id, [].into()).await.map(drop)));
        assert!(is_hidden(hub.disconnect(eve, id).await));
        assert!(is_hidden(hub.make_webhook_secret(eve, id).await.map(drop)));
        assert!(is_hidden(hub.create_outbound_secret(eve, id).await.map(drop)));
        assert!(is_hidden(hub.end_previous_outbound_secrets(eve, id).await));
        assert!(is_hidden(hub.webhook_secrets(eve, id).await));
        assert!(is_hidden(hub.dry_run(eve, id, opportunity.as_str()).await));
        assert!(is_hidden(hub.deliveries(eve, id, &page).await));
        assert!(is_hidden(hub.redeliver(eve, &delivery.id).await));
        assert!(is_hidden(hub.contract(eve, contract).await));
        assert_eq!(hub.contract_of_record(eve, "salesforce", opportunity.as_str()).await.unwrap(), None);
        assert!(is_hidden(hub.timeline(eve, contract, &page).await));
        assert!(is_hidden(hub.history(eve, contract, &page).await));
        assert!(is_hidden(hub.version_file(eve, contract, 1).await.map(drop)));
        assert!(is_hidden(hub.change_status(eve, contract, NegotiationStatus::Signed).await));
        let seen = Some(NegotiationStatus::Draft);
        assert!(is_hidden(hub.change_status_if(eve, contract, seen, NegotiationStatus::Signed).await));
        assert!(is_hidden(hub.dismiss_newer_version(eve, contract).await));
        assert!(is_hidden(hub.version_text(eve, contract, 1).await));
        assert!(is_hidden(hub.compare_versions(eve, contract, 1, 1).await));
        assert!(is_hidden(hub.retry_analysis(eve, contract, 1).await));
        assert!(is_hidden(hub.retry_sync(eve, contract).await));
        assert!(is_hidden(hub.deal_files(eve, contract).await));
        assert!(is_hidden(hub.choose_file(eve, contract, "068000000000001AAA").await));
        assert!(hub.connections(eve).await.unwrap().is_empty());
        assert!(hub.contracts(eve, &ContractFilter::default()).await.unwrap().items.is_empty());
        assert_eq!(fixture.run_jobs().await, 0);
        assert_eq!(fixture.connection_now().await.updated_at, fixture.hub.clock().now());
        assert_eq!(fixture.contract(contract).await.negotiation_status, NegotiationStatus::Draft);
    })
    .await;
}

#[tokio::test]
async fn users_and_tokens_are_hidden_from_other_organizations() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let hub = &fixture.hub;
        let eve = &register(hub, "eve").await;
        let new = NewUser { email: "bo@example.com".to_owned(), name: "Bo".to_owned(), role: Role::Member };
        let invited = hub.invite_user(&fixture.admin, new).await.unwrap();
        let token = hub.create_api_token(&fixture.admin, "script", TokenLifetime::default()).await.unwrap();
        assert!(is_hidden(hub.update_user(eve, &invited.id, UserChange::default()).await));
        assert!(is_hidden(hub.remove_user(eve, &invited.id).await));
        assert!(is_hidden(hub.invite_again(eve, &invited.id).await.map(drop)));
        assert!(is_hidden(hub.revoke_api_token(eve, &token.id).await));
        let page = PageRequest::default();
        assert_eq!(hub.users(eve, &page).await.unwrap().items.len(), 1);
        assert!(hub.api_tokens(eve, &page).await.unwrap().items.is_empty());
        assert_eq!(hub.users(&fixture.admin, &page).await.unwrap().items.len(), 2);
        assert_eq!(hub.api_tokens(&fixture.admin, &page).await.unwrap().items.len(), 1);
        let same_address = NewUser { email: "BO@example.com".to_owned(), name: "Bo".to_owned(), role: Role::Member };
        let taken = hub.invite_user(eve, same_address).await.map(drop);
        assert!(matches!(taken, Err(Error::Problem(Problem::EmailTaken))));
    })
    .await;
}

#[tokio::test]
async fn same_salesforce_org_has_separate_contracts_per_organization() {
    on_every_database(async |opened| {
        let mut fixture = Connected::start(opened).await.fixture;
        let ada = std::mem::replace(&mut fixture.admin, register(&fixture.hub, "eve").await);
        let fixture = fixture.connect().await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await;
        assert!(is_hidden(fixture.hub.contract(&ada, &contract.id).await));
        assert_eq!(fixture.hub.contract_of_record(&ada, "salesforce", opportunity.as_str()).await.unwrap(), None);
        assert_eq!(fixture.hub.connections(&ada).await.unwrap().len(), 1);
    })
    .await;
}
