//! Token refreshes, scheduling, reconciliations and idle connections.

use super::rows::{NOW, Place, after, contract, insert_contract, opportunity};
use lexicontract::db::connections::reconciliations::{self, Outcome};
use lexicontract::db::connections::token_refreshes::{self, Intent};
use lexicontract::db::connections::{self, integrations, issues};
use lexicontract::db::contracts::contract_links::{self, AccountRef};
use lexicontract::db::deliveries;
use lexicontract::db::jobs::{self, NewJob};
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::catalogue::AuthType;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::ids::OrganizationId;
use lexicontract::domain::time::Timestamp;
use lexicontract::random::new_id;
use std::time::Duration;
use test_support::databases::on_every_database;

/// An [`Intent`] to send a refresh token for the first time, not to resend it.
fn intent(at: Timestamp, keep_alive_at: Timestamp) -> Intent {
    Intent { at, resend_at: at + Duration::from_secs(150), is_resend: false, keep_alive_at }
}

#[tokio::test]
async fn unreceived_resend_keeps_the_first_request_unresolved() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        token_refreshes::record_intent(&mut tx, &row, &intent(NOW, after(100))).await.unwrap();
        token_refreshes::record_lost_response(&mut tx, &row, after(30)).await.unwrap();
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await.unwrap().unwrap();
        assert_eq!(
            (known.sent_version, known.resend_at, known.is_resend),
            (Some(1), Some(after(30)), false),
            "sent version, resend at, is resend"
        );
        let again = Intent { is_resend: true, ..intent(after(30), after(130)) };
        token_refreshes::record_intent(&mut tx, &row, &again).await.unwrap();
        token_refreshes::record_not_received(&mut tx, &row).await.unwrap();
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await.unwrap().unwrap();
        assert_eq!((known.sent_version, known.is_resend), (Some(1), false), "the first request remains unresolved");
        token_refreshes::record_response(&mut tx, &row, true, after(200)).await.unwrap();
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await.unwrap().unwrap();
        assert_eq!((known.sent_version, known.resend_at), (None, None), "sent version, resend at");
    })
    .await;
}

#[tokio::test]
async fn refresh_intent_is_kept_until_its_outcome_is_known() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        let (organization, id) = (&row.organization_id, &row.id);
        assert!(token_refreshes::find(&mut tx, organization, id).await.unwrap().is_none());
        token_refreshes::record_intent(&mut tx, &row, &intent(NOW, after(100))).await.unwrap();
        let sent = token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!((sent.sent_version, sent.sent_at, sent.rotates), (Some(1), Some(NOW), None), "sent version, sent at, rotates");
        let newer = connections::ConnectionRow { credentials_version: 2, ..row.clone() };
        token_refreshes::record_not_received(&mut tx, &newer).await.unwrap();
        assert_eq!(token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap().sent_version, Some(1));
        token_refreshes::record_not_received(&mut tx, &row).await.unwrap();
        token_refreshes::record_rejection(&mut tx, &row, 1, after(2)).await.unwrap();
        let known = token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!(
            (known.sent_version, known.refused_version, known.refused_at),
            (None, Some(1), Some(after(2))),
            "sent version, refused version, refused at"
        );
        token_refreshes::record_failure(&mut tx, &row, after(7)).await.unwrap();
        let failed = token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!(failed.not_before_at, Some(after(7)));
        token_refreshes::record_intent(&mut tx, &row, &intent(after(3), after(0))).await.unwrap();
        token_refreshes::record_response(&mut tx, &row, true, after(200)).await.unwrap();
        let known = token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!(
            (known.sent_version, known.sent_at, known.rotates),
            (None, None, Some(true)),
            "sent version, sent at, rotates"
        );
        assert_eq!(known.not_before_at, None);
        assert_eq!(known.keep_alive_at, after(200));
        token_refreshes::reset(&mut tx, organization, id, after(300)).await.unwrap();
        let reset = token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!(
            (reset.rotates, reset.refused_version, reset.keep_alive_at),
            (None, None, after(300)),
            "rotates, refused version, keep alive at"
        );
    })
    .await;
}

#[tokio::test]
async fn due_work_is_found_once_and_skips_connections_that_need_a_reconnect() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        let (organization, id) = (&row.organization_id, &row.id);
        let (day, week) = (after(86_400), after(700_000));
        assert!(token_refreshes::due(&mut tx, day, NOW - Duration::from_secs(1), 9).await.unwrap().is_empty());
        assert_eq!(token_refreshes::due(&mut tx, week, NOW, 9).await.unwrap(), [(organization.clone(), id.clone())]);
        assert!(token_refreshes::postpone(&mut tx, organization, id, after(700_100), week).await.unwrap());
        assert!(!token_refreshes::postpone(&mut tx, organization, id, after(700_200), week).await.unwrap(), "scheduled already");
        assert!(token_refreshes::due(&mut tx, week, week, 9).await.unwrap().is_empty());
        assert_eq!(reconciliations::due(&mut tx, day, NOW, 9).await.unwrap().len(), 1);
        assert!(reconciliations::postpone(&mut tx, organization, id, after(90_000), day).await.unwrap());
        assert!(!reconciliations::postpone(&mut tx, organization, id, after(90_001), day).await.unwrap());
        assert!(reconciliations::due(&mut tx, day, NOW, 9).await.unwrap().is_empty());
        reconciliations::reschedule_now(&mut tx, organization, id, day).await.unwrap();
        assert_eq!(reconciliations::due(&mut tx, day, NOW, 9).await.unwrap().len(), 1);
        issues::pause(&mut tx, organization, id, after(86_401)).await.unwrap();
        assert!(reconciliations::due(&mut tx, day, NOW, 9).await.unwrap().is_empty(), "paused");
        let ended = issues::NewIssue { sentence: "Ended.", cause: "ended", responsible: Responsible::Admin };
        issues::set_issue(&mut tx, &row, ConnectionStatus::NeedsReconnect, &ended, day).await.unwrap();
        assert!(reconciliations::due(&mut tx, week, week, 9).await.unwrap().is_empty());
        assert!(token_refreshes::due(&mut tx, after(800_000), week, 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn api_keys_have_no_keep_alive_and_connectors_without_deals_no_reconciliation() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        Place::insert(&mut tx, "acme").await;
        let mut entry = super::rows::integration("salesforce");
        entry.auth_type = AuthType::ApiKey;
        integrations::upsert(&mut tx, &entry, 0).await.unwrap();
        assert!(token_refreshes::due(&mut tx, after(1), after(1), 9).await.unwrap().is_empty());
        assert_eq!(reconciliations::due(&mut tx, after(1), after(1), 9).await.unwrap().len(), 1);
        entry.has_deals = false;
        integrations::upsert(&mut tx, &entry, 0).await.unwrap();
        assert!(reconciliations::due(&mut tx, after(1), after(1), 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn degraded_connection_without_jobs_is_found() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        let (organization, id) = (&row.organization_id, &row.id);
        assert!(issues::degraded_and_idle(&mut tx, NOW, 9).await.unwrap().is_empty());
        let busy = issues::NewIssue { sentence: "Busy.", cause: "busy", responsible: Responsible::Transient };
        issues::set_issue(&mut tx, &row, ConnectionStatus::Degraded, &busy, NOW).await.unwrap();
        assert_eq!(issues::degraded_and_idle(&mut tx, NOW, 9).await.unwrap().len(), 1);
        issues::pause(&mut tx, organization, id, after(5)).await.unwrap();
        issues::pause(&mut tx, organization, id, after(3)).await.unwrap();
        assert!(issues::degraded_and_idle(&mut tx, after(4), 9).await.unwrap().is_empty(), "keeps the longer pause");
        issues::record_success(&mut tx, organization, id, after(4)).await.unwrap();
        assert_eq!(issues::degraded_and_idle(&mut tx, after(5), 9).await.unwrap().len(), 1);
        let job = NewJob {
            organization_id: organization,
            kind: "ingest",
            subject_id: "dlv_1",
            concurrency_key: Some(id),
            run_at: after(9),
        };
        jobs::insert(&mut tx, &new_id(), &job, NOW).await.unwrap();
        assert!(issues::degraded_and_idle(&mut tx, after(5), 9).await.unwrap().is_empty());
        issues::record_key_accepted(&mut tx, organization, id, after(6)).await.unwrap();
        let found = connections::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!((found.status, found.issue_cause), (ConnectionStatus::Connected, None), "status, issue cause");
    })
    .await;
}

#[tokio::test]
async fn reconciliation_round_trips_within_its_organization() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.connection;
        let (organization, id) = (&row.organization_id, &row.id);
        let stranger: OrganizationId = new_id();
        reconciliations::postpone(&mut tx, organization, id, after(10), NOW).await.unwrap();
        reconciliations::record_start(&mut tx, organization, id, NOW).await.unwrap();
        let outcome = Outcome {
            records: 7,
            contracts: 8,
            found: 3,
            repaired: 2,
            note: Some("It stopped.".to_owned()),
            last_record: "006".to_owned(),
            last_link: "lnk".to_owned(),
        };
        reconciliations::record_progress(&mut tx, organization, id, &Outcome { contracts: 5, ..outcome.clone() }).await.unwrap();
        reconciliations::record_progress(&mut tx, &stranger, id, &Outcome::default()).await.unwrap();
        let running = reconciliations::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!((running.begun_at, running.ran_at), (Some(NOW), None), "begun at, ran at");
        assert_eq!((running.records, running.contracts), (7, 5), "records, contracts");
        reconciliations::record_run(&mut tx, organization, id, &outcome, after(1)).await.unwrap();
        reconciliations::record_start(&mut tx, &stranger, id, after(2)).await.unwrap();
        reconciliations::record_run(&mut tx, &stranger, id, &Outcome::default(), after(2)).await.unwrap();
        reconciliations::record_failure(&mut tx, &stranger, id, "Stolen.").await.unwrap();
        reconciliations::reschedule_now(&mut tx, &stranger, id, NOW).await.unwrap();
        assert!(!reconciliations::postpone(&mut tx, &stranger, id, after(20), after(15)).await.unwrap());
        assert!(reconciliations::find(&mut tx, &stranger, id).await.unwrap().is_none());
        let found = reconciliations::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.connection_id, found.due_at, found.ran_at),
            (id.clone(), after(10), Some(after(1))),
            "connection id, due at, ran at"
        );
        assert_eq!((found.found, found.repaired, found.note.as_deref()), (3, 2, Some("It stopped.")), "found, repaired, note");
        assert_eq!((found.begun_at, found.records, found.contracts), (None, 7, 8), "begun at, records, contracts");
        assert_eq!((found.last_record.as_str(), found.last_link.as_str()), ("006", "lnk"), "last record, last link");
        assert!(token_refreshes::find(&mut tx, &stranger, id).await.unwrap().is_none());
        token_refreshes::reset(&mut tx, organization, id, after(9)).await.unwrap();
        assert!(!token_refreshes::postpone(&mut tx, &stranger, id, after(99), after(50)).await.unwrap());
        let foreign = connections::ConnectionRow { organization_id: stranger.clone(), ..row.clone() };
        token_refreshes::record_intent(&mut tx, &foreign, &intent(after(9), after(9))).await.unwrap();
        token_refreshes::record_lost_response(&mut tx, &foreign, after(9)).await.unwrap();
        token_refreshes::record_rejection(&mut tx, &foreign, 1, after(9)).await.unwrap();
        token_refreshes::record_failure(&mut tx, &foreign, after(9)).await.unwrap();
        token_refreshes::record_response(&mut tx, &foreign, false, after(99)).await.unwrap();
        let known = token_refreshes::find(&mut tx, organization, id).await.unwrap().unwrap();
        assert_eq!(
            (known.sent_version, known.refused_version, known.rotates),
            (None, None, None),
            "sent version, refused version, rotates"
        );
        assert_eq!((known.keep_alive_at, known.not_before_at), (after(9), None), "keep alive at, not before at");
    })
    .await;
}

#[tokio::test]
async fn written_links_and_latest_delivery_are_found() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let organization = &place.organization;
        let written = async |tx: &mut lexicontract::db::Tx, after: &str| {
            let rows = contract_links::written(tx, place.connection.account(), after, 5).await.unwrap();
            rows.into_iter().map(|row| row.link.id).collect::<Vec<_>>()
        };
        assert!(written(&mut tx, "").await.is_empty());
        let id = &place.link.id;
        contract_links::record_written(&mut tx, organization, id, SyncStatus::Synced, "Draft", 1, after(1)).await.unwrap();
        insert_contract(&mut tx, &contract(organization)).await;
        assert_eq!(written(&mut tx, "").await, std::slice::from_ref(id));
        let row = contract_links::written(&mut tx, place.connection.account(), "", 5).await.unwrap().remove(0);
        assert_eq!((row.negotiation_status, row.has_version), (NegotiationStatus::Draft, true), "status, has a version");
        assert!(written(&mut tx, id.as_str()).await.is_empty());
        contract_links::set_sync(&mut tx, organization, id, SyncStatus::Pending, 0, None, after(2)).await.unwrap();
        assert!(written(&mut tx, "").await.is_empty(), "pending");
        let latest = deliveries::latest_of(&mut tx, organization, &place.connection.id, &opportunity()).await.unwrap();
        assert_eq!(latest.unwrap().id, place.delivery);
        let stranger: OrganizationId = new_id();
        let foreign = AccountRef { organization: &stranger, ..place.connection.account() };
        assert!(contract_links::written(&mut tx, foreign, "", 5).await.unwrap().is_empty());
        let foreign = deliveries::latest_of(&mut tx, &stranger, &place.connection.id, &opportunity()).await.unwrap();
        assert!(foreign.is_none());
    })
    .await;
}
