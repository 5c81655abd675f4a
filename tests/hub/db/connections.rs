//! Connections, refresh leases, webhook secrets, webhook messages and the catalogue of integrations.

use super::rows::{NOW, Place, after, connection, integration, opportunity, salesforce};
use lexicontract::db::connections::issues::{self, NewIssue};
use lexicontract::db::connections::webhook_secrets::{self, WebhookSecretRow};
use lexicontract::db::connections::{self, integrations};
use lexicontract::db::deliveries::webhook_messages;
use lexicontract::db::{Tx, is_unique_violation};
use lexicontract::domain::compatibility::DeliveryFields;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::connection::{ConnectionStatus, Environment, SecretPurpose};
use lexicontract::domain::delivery::{Acceptance, Receipt};
use serde_json::json;
use test_support::databases::on_every_database;

const BUSY: NewIssue<'static> = NewIssue { sentence: "Busy.", cause: "busy", responsible: Responsible::Transient };
const ENDED: NewIssue<'static> = NewIssue { sentence: "Ended.", cause: "ended", responsible: Responsible::Admin };

async fn reread(tx: &mut Tx, row: &connections::ConnectionRow) -> connections::ConnectionRow {
    connections::find(tx, &row.organization_id, &row.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn connection_round_trips() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let organization = Place::insert(&mut tx, "acme").await.organization;
        let mut row = connection(&organization, Environment::MyDomain);
        row.host = "acme.my.salesforce.com".to_owned();
        row.metadata.settings.status_field = Some("Legal__c".to_owned());
        (row.status, row.is_enabled) = (ConnectionStatus::Degraded, false);
        (row.last_error, row.last_activity_at) = (Some("It broke.".to_owned()), Some(after(1)));
        connections::insert(&mut tx, &row).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.id, found.integration_id, found.is_enabled),
            (row.id, row.integration_id, false),
            "id, integration id, is enabled"
        );
        assert_eq!((found.credentials, found.credentials_version), (row.credentials, 1), "credentials, credentials version");
        assert_eq!(found.metadata.0, row.metadata.0);
        assert_eq!((found.status, found.account_label), (ConnectionStatus::Degraded, row.account_label), "status, account label");
        assert_eq!((found.environment, found.host), (Environment::MyDomain, row.host), "environment, host");
        assert_eq!(
            (found.external_account_id, found.connected_by),
            (row.external_account_id, row.connected_by),
            "external account id, connected by"
        );
        assert_eq!(
            (found.last_error.as_deref(), found.last_activity_at),
            (Some("It broke."), Some(after(1))),
            "last error, last activity at"
        );
        assert_eq!((found.created_at, found.updated_at), (NOW, NOW), "created at, updated at");
    })
    .await;
}

#[tokio::test]
async fn environment_and_host_are_unique_per_organization() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, connection: first, .. } = Place::insert(&mut tx, "acme").await;
        let mut own = connection(&organization, Environment::MyDomain);
        own.host = "acme.my.salesforce.com".to_owned();
        connections::insert(&mut tx, &own).await.unwrap();
        let listed = connections::list(&mut tx, &organization).await.unwrap();
        assert_eq!(listed.iter().map(|row| &row.id).collect::<Vec<_>>(), [&first.id, &own.id]);
        let environment = Environment::MyDomain;
        let found =
            connections::find_in_environment(&mut tx, &organization, &salesforce(), environment, &own.host).await.unwrap();
        assert_eq!(found.unwrap().id, own.id);
        let other = connections::find_in_environment(&mut tx, &organization, &salesforce(), environment, "other").await.unwrap();
        assert!(other.is_none());
        let again = connection(&organization, Environment::Production);
        assert!(is_unique_violation(&connections::insert(&mut tx, &again).await.unwrap_err()));
    })
    .await;
}

#[tokio::test]
async fn find_by_account_prefers_a_working_connection() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, connection: broken, .. } = Place::insert(&mut tx, "acme").await;
        issues::set_issue(&mut tx, &broken, ConnectionStatus::NeedsReconnect, &ENDED, NOW).await.unwrap();
        let find = async |tx: &mut Tx| {
            let account = &broken.external_account_id;
            connections::find_by_account(tx, &organization, &salesforce(), account).await.unwrap().unwrap().id
        };
        assert_eq!(find(&mut tx).await, broken.id);
        let mut works = connection(&organization, Environment::MyDomain);
        works.host = "acme.my.salesforce.com".to_owned();
        connections::insert(&mut tx, &works).await.unwrap();
        assert_eq!(find(&mut tx).await, works.id);
        let unknown = connections::find_by_account(&mut tx, &organization, &salesforce(), "00D").await.unwrap();
        assert!(unknown.is_none());
    })
    .await;
}

#[tokio::test]
async fn settings_and_issues_are_stored_and_a_repeated_issue_is_not_new() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let mut row = Place::insert(&mut tx, "acme").await.connection;
        row.is_enabled = false;
        let changes = json!({ "trigger_stages": ["Legal"] });
        row.metadata.settings = row.metadata.settings.merged(changes.as_object().unwrap()).unwrap();
        connections::update_settings(&mut tx, &row, after(1)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!((found.is_enabled, found.updated_at), (false, after(1)), "is enabled, updated at");
        assert_eq!(found.metadata.0, row.metadata.0);
        let degraded = ConnectionStatus::Degraded;
        assert!(issues::set_issue(&mut tx, &row, degraded, &BUSY, after(2)).await.unwrap());
        assert!(!issues::set_issue(&mut tx, &row, degraded, &BUSY, after(3)).await.unwrap());
        assert!(issues::set_issue(&mut tx, &row, degraded, &ENDED, after(4)).await.unwrap());
        assert_eq!(reread(&mut tx, &row).await.failing_since, Some(after(2)), "start of the issue is kept");
        let stale = connections::ConnectionRow { credentials_version: 0, ..row.clone() };
        let needs_reconnect = ConnectionStatus::NeedsReconnect;
        assert!(!issues::set_issue(&mut tx, &stale, needs_reconnect, &ENDED, after(5)).await.unwrap());
        issues::record_success(&mut tx, &row.organization_id, &row.id, after(6)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!((found.status, found.last_error), (ConnectionStatus::Connected, None), "status, last error");
        assert_eq!(
            (found.issue_cause, found.issue_responsible, found.failing_since),
            (None, None, None),
            "issue cause, issue responsible, failing since"
        );
        assert_eq!((found.last_activity_at, found.updated_at), (Some(after(6)), after(6)), "last activity at, updated at");
    })
    .await;
}

#[tokio::test]
async fn refresh_lease_is_exclusive_and_requires_current_credentials() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        let (free, held) = (after(0), after(90));
        assert!(connections::take_refresh_lease(&mut tx, &row, "one", free, held).await.unwrap());
        assert!(!connections::take_refresh_lease(&mut tx, &row, "two", after(89), after(200)).await.unwrap());
        assert!(
            connections::take_refresh_lease(&mut tx, &row, "two", after(90), after(200)).await.unwrap(),
            "the first lease expired"
        );
        connections::release_refresh_lease(&mut tx, &row, "one").await.unwrap();
        let is_refreshing =
            async |tx: &mut Tx, now| connections::is_refreshing(tx, &row.organization_id, &row.id, now).await.unwrap();
        assert!(is_refreshing(&mut tx, after(199)).await, "only the owner releases the lease");
        connections::renew_refresh_lease(&mut tx, &row, "two", after(250)).await.unwrap();
        assert!(is_refreshing(&mut tx, after(249)).await && !is_refreshing(&mut tx, after(250)).await);
        assert!(connections::finish_refresh(&mut tx, &row, b"new", after(92)).await.unwrap());
        assert!(!connections::finish_refresh(&mut tx, &row, b"late", after(93)).await.unwrap(), "credentials have changed");
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.credentials.as_slice(), found.credentials_version, found.updated_at),
            (&b"new"[..], 2, after(92)),
            "credentials, credentials version, updated at"
        );
        assert!(
            !connections::take_refresh_lease(&mut tx, &row, "old", after(300), after(400)).await.unwrap(),
            "old credentials version"
        );
        assert!(connections::take_refresh_lease(&mut tx, &found, "three", after(300), after(400)).await.unwrap());
        connections::release_refresh_lease(&mut tx, &found, "three").await.unwrap();
        assert!(connections::take_refresh_lease(&mut tx, &found, "four", after(301), after(400)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn reconnect_releases_the_refresh_lease_and_clears_the_issue() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let mut row = Place::insert(&mut tx, "acme").await.connection;
        connections::take_refresh_lease(&mut tx, &row, "lease", NOW, after(90)).await.unwrap();
        issues::set_issue(&mut tx, &row, ConnectionStatus::NeedsReconnect, &ENDED, NOW).await.unwrap();
        issues::record_success(&mut tx, &row.organization_id, &row.id, after(1)).await.unwrap();
        assert_eq!(reread(&mut tx, &row).await.status, ConnectionStatus::NeedsReconnect, "requires a reconnect by a user");
        issues::pause(&mut tx, &row.organization_id, &row.id, after(50)).await.unwrap();
        (row.credentials, row.account_label, row.connected_by) = (b"new".to_vec(), "Acme 2".into(), "Grace".into());
        connections::reconnect(&mut tx, &row, after(3)).await.unwrap();
        assert!(!connections::finish_refresh(&mut tx, &row, b"late", after(4)).await.unwrap());
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.issue_cause.as_ref(), found.failing_since, found.paused_until),
            (None, None, None),
            "issue cause, failing since, paused until"
        );
        assert_eq!(
            (found.credentials.as_slice(), found.credentials_version),
            (&b"new"[..], 2),
            "credentials, credentials version"
        );
        assert_eq!(
            (found.account_label.as_str(), found.connected_by.as_str()),
            ("Acme 2", "Grace"),
            "account label, connected by"
        );
        assert_eq!(
            (found.status, found.last_error, found.last_activity_at),
            (ConnectionStatus::Connected, None, Some(after(3))),
            "status, last error, last activity at"
        );
    })
    .await;
}

#[tokio::test]
async fn deleting_a_connection_removes_secrets_and_deliveries_but_no_contracts() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        webhook_secrets::insert(&mut tx, &secret(&row, "digest")).await.unwrap();
        assert!(connections::delete(&mut tx, &row.organization_id, &row.id).await.unwrap());
        assert!(!connections::delete(&mut tx, &row.organization_id, &row.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM webhook_secrets").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM deliveries").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM contracts").await, 1);
        let kept = "SELECT count(*) FROM contract_links WHERE connection_id IS NULL AND sync_status = 'idle'";
        assert_eq!(opened.number(kept).await, 1, "the contract keeps its source");
    })
    .await;
}

#[tokio::test]
async fn retired_secret_keeps_its_expiry_after_later_rotations() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        let (organization, id) = (&row.organization_id, &row.id);
        assert!(
            !webhook_secrets::retire(&mut tx, organization, id, SecretPurpose::Webhook, after(10), NOW).await.unwrap(),
            "no secret yet"
        );
        webhook_secrets::insert(&mut tx, &secret(&row, "first")).await.unwrap();
        assert!(webhook_secrets::retire(&mut tx, organization, id, SecretPurpose::Webhook, after(10), NOW).await.unwrap());
        let second = WebhookSecretRow { created_at: after(1), ..secret(&row, "second") };
        webhook_secrets::insert(&mut tx, &second).await.unwrap();
        let caller = webhook_secrets::find_caller(&mut tx, "first", after(9)).await.unwrap().unwrap();
        assert_eq!(
            (caller.digest.as_str(), &caller.organization_id, &caller.connection_id),
            ("first", organization, id),
            "digest, organization id, connection id"
        );
        assert_eq!(
            (caller.external_account_id, caller.is_enabled),
            (row.external_account_id.clone(), true),
            "external account id, is enabled"
        );
        assert!(webhook_secrets::find_caller(&mut tx, "first", after(10)).await.unwrap().unwrap().is_expired);
        webhook_secrets::touch(&mut tx, "second", after(5)).await.unwrap();
        let listed = webhook_secrets::list(&mut tx, organization, id, after(9)).await.unwrap();
        assert_eq!(listed.iter().map(|row| row.digest.as_str()).collect::<Vec<_>>(), ["second", "first"]);
        assert_eq!((listed[0].last_used_at, listed[0].valid_until), (Some(after(5)), None), "last used at, valid until");
        assert_eq!((listed[1].prefix.as_str(), listed[1].valid_until), ("lcwh_abcd", Some(after(10))), "prefix, valid until");
        assert_eq!(webhook_secrets::list(&mut tx, organization, id, after(10)).await.unwrap().len(), 1);
        assert!(webhook_secrets::retire(&mut tx, organization, id, SecretPurpose::Webhook, after(20), after(9)).await.unwrap());
        assert!(webhook_secrets::find_caller(&mut tx, "first", after(9)).await.unwrap().is_some(), "keeps its expiry");
        assert!(webhook_secrets::find_caller(&mut tx, "second", after(19)).await.unwrap().is_some());
        for minute in 0..20 {
            let next = WebhookSecretRow { created_at: after(20 + minute), ..secret(&row, &format!("secret {minute}")) };
            webhook_secrets::insert(&mut tx, &next).await.unwrap();
            assert!(
                webhook_secrets::retire(&mut tx, organization, id, SecretPurpose::Webhook, after(90), after(20 + minute))
                    .await
                    .unwrap()
            );
        }
        assert_eq!(webhook_secrets::list(&mut tx, organization, id, after(40)).await.unwrap().len(), 9);
        assert!(webhook_secrets::find_caller(&mut tx, "first", NOW).await.unwrap().is_none(), "expired secrets are removed");
    })
    .await;
}

#[tokio::test]
async fn catalogue_is_updated_in_place() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        integrations::upsert(&mut tx, &integration("b"), 1).await.unwrap();
        integrations::upsert(&mut tx, &integration("a"), 2).await.unwrap();
        let mut renewed = integration("a");
        (renewed.description, renewed.has_deals) = ("Renewed.".to_owned(), false);
        integrations::upsert(&mut tx, &renewed, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM integrations").await, 2);
        let renewed =
            "SELECT count(*) FROM integrations WHERE id = 'int_a' AND slug = 'a' AND name = 'The a' AND description = 'Renewed.'
            AND category = 'CRM' AND auth_type = 'oauth2' AND NOT has_deals AND position = 0";
        assert_eq!(opened.number(renewed).await, 1);
        let other = "SELECT count(*) FROM integrations WHERE id = 'int_b' AND has_deals AND position = 1";
        assert_eq!(opened.number(other).await, 1);
    })
    .await;
}

#[tokio::test]
async fn webhook_message_is_known_to_its_connection_until_it_is_removed() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, other) = (Place::insert(&mut tx, "acme").await, Place::insert(&mut tx, "eve").await);
        let place = (&ours.organization, &ours.connection.id);
        let receipt = Receipt {
            delivery_id: ours.delivery.clone(),
            record: opportunity(),
            compatibility: DeliveryFields { opportunity_id: Some(opportunity().id) },
            status: Acceptance::Accepted,
        };
        assert!(webhook_messages::insert_if_absent(&mut tx, place.0, place.1, "msg_1", NOW).await.unwrap());
        assert!(!webhook_messages::insert_if_absent(&mut tx, place.0, place.1, "msg_1", after(1)).await.unwrap());
        webhook_messages::set_receipts(&mut tx, place.0, place.1, "msg_1", std::slice::from_ref(&receipt)).await.unwrap();
        let foreign = (&other.organization, &ours.connection.id);
        webhook_messages::set_receipts(&mut tx, foreign.0, foreign.1, "msg_1", &[]).await.unwrap();
        assert!(webhook_messages::receipts(&mut tx, foreign.0, foreign.1, "msg_1").await.unwrap().is_empty());
        assert_eq!(webhook_messages::receipts(&mut tx, place.0, place.1, "msg_1").await.unwrap(), [receipt]);
        assert_eq!(webhook_messages::delete_older(&mut tx, NOW, 9).await.unwrap(), 0);
        assert_eq!(webhook_messages::delete_older(&mut tx, after(1), 9).await.unwrap(), 1);
    })
    .await;
}

fn secret(row: &connections::ConnectionRow, digest: &str) -> WebhookSecretRow {
    WebhookSecretRow {
        digest: digest.to_owned(),
        organization_id: row.organization_id.clone(),
        connection_id: row.id.clone(),
        purpose: SecretPurpose::Webhook,
        prefix: "lcwh_abcd".to_owned(),
        created_at: NOW,
        valid_until: None,
        last_used_at: None,
        signing_key: None,
        last_signed_at: None,
    }
}
