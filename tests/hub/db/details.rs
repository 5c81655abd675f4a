//! The query for a connection's details.

use super::rows::{NOW, Place, after};
use lexicontract::db::connections::health as details;
use lexicontract::db::connections::issues::{self, NewIssue};
use lexicontract::db::connections::reconciliations::{self, Outcome};
use lexicontract::db::jobs::{self, NewJob};
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::ids::OrganizationId;
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

#[tokio::test]
async fn details_include_reconciliation_and_next_job_of_a_degraded_connection() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "ours").await.connection;
        Place::insert(&mut tx, "theirs").await;
        let (organization, id) = (&row.organization_id, &row.id);
        let stranger: OrganizationId = new_id();

        let before = details::list(&mut tx, organization, None, NOW).await.unwrap();
        assert_eq!(
            (before.len(), &before[0].connection.id, before[0].due_at, before[0].found),
            (1, id, None, 0),
            "before count, id, due at, found"
        );

        reconciliations::postpone(&mut tx, organization, id, after(10), NOW).await.unwrap();
        let outcome = Outcome { records: 7, contracts: 8, found: 3, repaired: 2, ..Outcome::default() };
        reconciliations::record_run(&mut tx, organization, id, &outcome, after(1)).await.unwrap();
        for run_at in [after(9), after(5)] {
            let job =
                NewJob { organization_id: organization, kind: "ingest", subject_id: "dlv_1", concurrency_key: Some(id), run_at };
            jobs::insert(&mut tx, &new_id(), &job, NOW).await.unwrap();
        }
        let compared = details::list(&mut tx, organization, Some(id), NOW).await.unwrap().remove(0);
        assert_eq!(
            (compared.due_at, compared.ran_at, compared.begun_at),
            (Some(after(10)), Some(after(1)), None),
            "due at, ran at, begun at"
        );
        assert_eq!(
            (compared.records, compared.contracts, compared.found, compared.repaired),
            (7, 8, 3, 2),
            "records, contracts, found, repaired"
        );
        assert_eq!(compared.next_job_at, None, "not degraded");

        let busy = NewIssue { sentence: "Busy.", cause: "busy", responsible: Responsible::Transient };
        issues::set_issue(&mut tx, &row, ConnectionStatus::Degraded, &busy, NOW).await.unwrap();
        let degraded = details::list(&mut tx, organization, Some(id), NOW).await.unwrap().remove(0);
        assert_eq!(
            (degraded.connection.status, degraded.next_job_at),
            (ConnectionStatus::Degraded, Some(after(5))),
            "status, next job at"
        );

        assert!(details::list(&mut tx, &stranger, None, NOW).await.unwrap().is_empty());
        assert!(details::list(&mut tx, &stranger, Some(id), NOW).await.unwrap().is_empty());
    })
    .await;
}
