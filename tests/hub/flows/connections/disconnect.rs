//! Disconnects, which delete the credentials, revoke the grant and keep the contracts.

use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::RecordId;
use lexicontract::hub::Error;
use salesforce_simulator::state::faults::Fault;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, call_about, file, salesforce_webhook};

#[tokio::test]
async fn disconnect_wipes_credentials_revokes_the_grant_and_keeps_contracts() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        fixture.call(&fixture.opportunity("Waits", None)).await;
        fixture.advance(1);
        let gone = fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(Some(gone.name), fixture.connection.account_label);
        assert!(fixture.hub.webhook_caller(&fixture.secret).await.unwrap().is_none());
        let call = call_about(&caller, vec![RecordId::new("006ak00000OQ4RxAAL")]);
        let rejected = fixture.hub.receive(&caller, salesforce_webhook(), call, None).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::NotSignedIn))), "a call in progress");
        assert_eq!(fixture.opened.number("SELECT count(*) FROM organization_integrations").await, 0);
        assert_eq!(fixture.run_jobs().await, 1, "only the revocation is left");
        assert!(fixture.salesforce().revocations.entries().count() >= 1);
        assert!(fixture.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
        assert_eq!(fixture.opened.number("SELECT count(*) FROM revocations").await, 0);
        let kept = fixture.contract(&contract.id).await;
        let source = kept.source().unwrap();
        assert_eq!(
            (kept.versions.len(), source.sync.status, source.connection_id.as_ref()),
            (1, SyncStatus::Failed, None),
            "versions, status, connection"
        );
        assert_eq!(kept.updated_at, fixture.hub.clock().now(), "the contract counts as changed");
        assert!(source.sync.last_error.as_ref().is_some_and(|error| error.contains("connect it again")));
    })
    .await;
}

#[tokio::test]
async fn revocation_is_retried() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.fault(Fault { path_contains: "revoke".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(fixture.run_jobs().await, 1);
        assert!(fixture.salesforce().grants.all().iter().any(|grant| !grant.is_revoked));
        assert_eq!(fixture.opened.number("SELECT count(*) FROM revocations").await, 1);
        fixture.advance(5);
        assert_eq!(fixture.run_jobs().await, 1);
        assert!(fixture.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
        assert_eq!(fixture.opened.number("SELECT count(*) FROM revocations").await, 0);
    })
    .await;
}

#[tokio::test]
async fn write_back_resumes_over_a_new_connection() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        fixture.run_jobs().await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Failed);
        let again = fixture.fixture.connect().await;
        again.hub.retry_sync(&again.admin, &contract.id).await.unwrap();
        again.run_jobs().await;
        assert_eq!(again.sync(&contract.id).await.last_synced_value.as_deref(), Some("Signed"));
    })
    .await;
}
