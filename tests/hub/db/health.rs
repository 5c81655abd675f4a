//! Connection health, work in progress and disconnection receipts.

use super::rows::{NOW, Place, after};
use lexicontract::db::account::organizations;
use lexicontract::db::connections::disconnections::{self, CountsRow, DisconnectionRow};
use lexicontract::db::connections::webhook_secrets::{self, WebhookSecretRow};
use lexicontract::db::connections::{self, connection_tests, health};
use lexicontract::domain::connection::disconnection::Revocation;
use lexicontract::domain::connection::{Check, CheckCode, ConnectionTest, Environment, SecretPurpose};
use lexicontract::domain::ids::OrganizationId;
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

fn test(detail: &str) -> ConnectionTest {
    let checks = vec![Check::new(CheckCode::ApiAccess, "API access", true, detail)];
    ConnectionTest { ok: true, latency_ms: 7, account_label: None, checks }
}

#[tokio::test]
async fn health_combines_all_tables() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let ours = Place::insert(&mut tx, "ours").await;
        let (organization, id) = (&ours.organization, &ours.connection.id);
        let first = health::list(&mut tx, organization, None, NOW).await.unwrap();
        assert_eq!(
            (first.len(), first[0].has_secret, first[0].last_connected_at),
            (1, false, ours.connection.created_at),
            "first count, has secret, last connected at"
        );
        assert!(first[0].last_event_at.is_some(), "the delivery of the fixture");
        let secret = WebhookSecretRow {
            digest: "digest".to_owned(),
            organization_id: organization.clone(),
            connection_id: id.clone(),
            purpose: SecretPurpose::Webhook,
            prefix: "lcwh_".to_owned(),
            created_at: NOW,
            valid_until: Some(after(10)),
            last_used_at: None,
            signing_key: None,
            last_signed_at: None,
        };
        webhook_secrets::insert(&mut tx, &secret).await.unwrap();
        connection_tests::store(&mut tx, organization, id, &test("one"), "Ada", NOW).await.unwrap();
        connection_tests::store(&mut tx, organization, id, &test("two"), "Grace", after(1)).await.unwrap();
        connections::reconnect(&mut tx, &ours.connection, after(2)).await.unwrap();
        let found = health::list(&mut tx, organization, Some(id), after(3)).await.unwrap().remove(0);
        assert_eq!((found.has_secret, found.last_connected_at), (true, after(2)), "has secret, last connected at");
        assert_eq!(found.test.map(|test| test.0), Some(test("two")));
        assert_eq!((found.tested_by.as_deref(), found.tested_at), (Some("Grace"), Some(after(1))), "tested by, tested at");
        let late = health::list(&mut tx, organization, Some(id), after(10)).await.unwrap().remove(0);
        assert!(!late.has_secret, "expired");
        connection_tests::forget(&mut tx, organization, id).await.unwrap();
        assert!(health::list(&mut tx, organization, None, NOW).await.unwrap()[0].test.is_none());
    })
    .await;
}

#[tokio::test]
async fn work_counts_from_the_oldest_unfinished_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let ours = Place::insert(&mut tx, "ours").await;
        let work = health::work(&mut tx, &ours.organization, &ours.connection.id).await.unwrap();
        assert_eq!(
            (work.imports, work.imports_done, work.imports_parked, work.writes),
            (1, 0, 0, 0),
            "imports, imports done, imports parked, writes"
        );
        let done = lexicontract::domain::delivery::DeliveryStatus::Done;
        lexicontract::db::deliveries::finish(&mut tx, &ours.organization, &ours.delivery, done, None, None).await.unwrap();
        let work = health::work(&mut tx, &ours.organization, &ours.connection.id).await.unwrap();
        assert_eq!((work.imports, work.imports_done), (0, 0), "imports, imports done");
    })
    .await;
}

#[tokio::test]
async fn receipt_round_trips_and_records_the_revocation() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let ours = Place::insert(&mut tx, "ours").await;
        let counts = disconnections::count(&mut tx, &ours.connection).await.unwrap();
        assert_eq!((counts.secrets, counts.deliveries, counts.contracts), (0, 1, 1), "secrets, deliveries, contracts");
        let row = DisconnectionRow {
            id: new_id(),
            organization_id: ours.organization.clone(),
            connection_id: Some(ours.connection.id.clone()),
            provider: "Salesforce".to_owned(),
            account_label: "Acme".to_owned(),
            environment: Environment::Sandbox,
            disconnected_by: "Ada".to_owned(),
            disconnected_at: NOW,
            revocation_id: Some("rev_1".to_owned()),
            revocation: Revocation::Pending,
            revoked_at: None,
            counts: CountsRow { secrets: 1, deliveries: 2, jobs: 3, contracts: 4, unwritten: 5 },
        };
        disconnections::insert(&mut tx, &row).await.unwrap();
        disconnections::record_revocation(&mut tx, &ours.organization, "rev_1", Revocation::Done, after(1)).await.unwrap();
        let found = disconnections::find(&mut tx, &ours.organization, &row.id).await.unwrap().unwrap();
        assert_eq!(
            (found.provider, found.account_label, found.environment),
            (row.provider, row.account_label, row.environment),
            "provider, account label, environment"
        );
        assert_eq!(
            (found.disconnected_by, found.disconnected_at),
            (row.disconnected_by, NOW),
            "disconnected by, disconnected at"
        );
        assert_eq!(
            (found.revocation, found.revoked_at, found.counts),
            (Revocation::Done, Some(after(1)), row.counts),
            "revocation, revoked at, counts"
        );
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_health_or_receipt() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let ours = Place::insert(&mut tx, "ours").await;
        let stranger: OrganizationId = new_id();
        organizations::insert(&mut tx, &stranger, "stranger", NOW).await.unwrap();
        let id = &ours.connection.id;
        connection_tests::store(&mut tx, &ours.organization, id, &test("ours"), "Ada", NOW).await.unwrap();
        connection_tests::store(&mut tx, &stranger, id, &test("forged"), "Eve", NOW).await.unwrap();
        connection_tests::forget(&mut tx, &stranger, id).await.unwrap();
        assert!(health::list(&mut tx, &stranger, Some(id), NOW).await.unwrap().is_empty());
        assert_eq!(
            health::work(&mut tx, &stranger, id).await.unwrap(),
            lexicontract::domain::connection::health::Work::default()
        );
        let kept = health::list(&mut tx, &ours.organization, Some(id), NOW).await.unwrap().remove(0);
        assert_eq!(kept.test.map(|test| test.0), Some(test("ours")));
        let row = DisconnectionRow {
            id: new_id(),
            organization_id: ours.organization.clone(),
            connection_id: Some(ours.connection.id.clone()),
            provider: "Salesforce".to_owned(),
            account_label: "Acme".to_owned(),
            environment: Environment::Production,
            disconnected_by: "Ada".to_owned(),
            disconnected_at: NOW,
            revocation_id: Some("rev_1".to_owned()),
            revocation: Revocation::Pending,
            revoked_at: None,
            counts: CountsRow { secrets: 0, deliveries: 0, jobs: 0, contracts: 0, unwritten: 0 },
        };
        disconnections::insert(&mut tx, &row).await.unwrap();
        disconnections::record_revocation(&mut tx, &stranger, "rev_1", Revocation::Failed, NOW).await.unwrap();
        assert!(disconnections::find(&mut tx, &stranger, &row.id).await.unwrap().is_none());
        let found = disconnections::find(&mut tx, &ours.organization, &row.id).await.unwrap().unwrap();
        assert_eq!(found.revocation, Revocation::Pending);
    })
    .await;
}
