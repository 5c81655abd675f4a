//! Expired provider sessions, revoked grants and reconnects.

use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::domain::connection::{CheckCode, ConnectionStatus};
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::domain::delivery::DeliveryStatus;
use salesforce_simulator::state::organization::State;
use salesforce_simulator::state::schema;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file, open_hub};

#[tokio::test]
async fn expired_session_is_refreshed_once_with_and_without_rotation() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        for rotation in [false, true, true] {
            fixture.salesforce().settings.rotation = rotation;
            fixture.salesforce().grants.close_sessions();
            let before = fixture.requests("/oauth2/token");
            let delivery = fixture.deliver(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
            assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Done, 1), "status, attempts");
            assert_eq!(fixture.requests("/oauth2/token") - before, 1);
        }
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

#[tokio::test]
async fn concurrent_jobs_refresh_an_expired_session_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().settings.rotation = true;
        fixture.salesforce().grants.close_sessions();
        let before = fixture.requests("/oauth2/token");
        let mut receipts = Vec::new();
        for name in ["a", "b", "c"] {
            receipts.push(fixture.call(&fixture.opportunity(name, None)).await);
        }
        let run = || fixture.hub.run_one_job(false);
        let (first, second, third) = tokio::join!(run(), run(), run());
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
        fixture.run_jobs().await;
        for receipt in &receipts {
            assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!(fixture.requests("/oauth2/token") - before, 1);
    })
    .await;
}

#[tokio::test]
async fn two_servers_refresh_an_expired_session_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let other_server = open_hub(&fixture.opened, Some(&fixture.simulator), &[]).await.unwrap();
        fixture.salesforce().settings.rotation = true;
        for round in 1..=3 {
            fixture.salesforce().grants.close_sessions();
            let before = fixture.requests("/oauth2/token");
            let receipts =
                [fixture.call(&fixture.opportunity("a", None)).await, fixture.call(&fixture.opportunity("b", None)).await];
            let (first, second) = tokio::join!(fixture.hub.run_one_job(false), other_server.run_one_job(false));
            assert!(first.is_ok() && second.is_ok());
            fixture.run_jobs().await;
            for receipt in &receipts {
                assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done, "round {round}");
            }
            assert_eq!(fixture.requests("/oauth2/token") - before, 1, "round {round}");
        }
    })
    .await;
}

#[tokio::test]
async fn work_parked_by_a_revoked_grant_runs_after_the_reconnect() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Earlier", None)).await;
        fixture.salesforce().grants.revoke_all();
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        let parked = fixture.delivery(&receipt).await;
        assert_eq!((parked.status, parked.next_attempt_at), (DeliveryStatus::Parked, None), "status, next attempt");
        let lost = fixture.connection_now().await;
        assert_eq!(lost.status, ConnectionStatus::NeedsReconnect);
        assert!(lost.last_error.is_some());
        let test = fixture.hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(
            (test.ok, test.checks[0].code, test.checks[0].name.as_str()),
            (false, CheckCode::Connection, "Connection works"),
            "ok, code, name"
        );
        assert_eq!(Some(&test.checks[0].detail), lost.last_error.as_ref());
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        let token_requests = fixture.requests("/oauth2/token");
        fixture.run_jobs().await;
        assert_eq!(fixture.requests("/oauth2/token"), token_requests, "a revoked grant is not retried");
        let callback = fixture.allow(&fixture.begin_to_reconnect(&fixture.connection.id).await).await;
        let renewed = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.unwrap();
        assert_eq!(
            (renewed.id, renewed.status, renewed.last_error),
            (fixture.connection.id.clone(), ConnectionStatus::Connected, None),
            "id, status, last error"
        );
        assert_eq!(fixture.run_jobs().await, 4, "the parked work, its write-back, and the revocation of the old grant");
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
        assert_eq!(fixture.sync(&contract.id).await.last_synced_value.as_deref(), Some("Signed"));
    })
    .await;
}

#[tokio::test]
async fn reconnect_to_another_org_is_rejected_and_its_grant_revoked() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let authorization = fixture.begin_to_reconnect(&fixture.connection.id).await;
        become_another_org(&mut fixture.salesforce());
        let callback = fixture.allow(&authorization).await;
        let rejected = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await;
        assert_eq!(rejected.unwrap_err(), ConnectFailure::OrgMismatch);
        assert_eq!(fixture.salesforce().revocations.entries().count(), 1);
        let kept = fixture.connection_now().await;
        assert_eq!(kept.external_account_id, fixture.connection.external_account_id);
    })
    .await;
}

/// Gives the simulated org another id, as if the user signed in to another org.
fn become_another_org(state: &mut State) {
    let own = state.organization_id.clone();
    let mut copy = state.records.live("Organization", &own).unwrap().clone();
    copy.remove("Id");
    state.records.live_mut("Organization", &own).unwrap().insert("IsDeleted".to_owned(), true.into());
    state.organization_id = state.records.insert(schema::find("Organization").unwrap(), copy);
}
