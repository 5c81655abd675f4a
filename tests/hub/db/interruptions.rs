//! Statements that are interrupted by a lost connection, a deadlock, or a lock that another process holds.

use super::rows::{NOW, Place};
use crate::waiting::somebody_waits;
use lexicontract::db::jobs::{self, NewJob};
use lexicontract::db::{Db, Result, Tx, is_conflict, metrics};
use lexicontract::random::new_id;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::time::Duration;
use test_support::databases::{Opened, execute, on_every_database};

async fn probe(tx: &mut Tx) -> Result<()> {
    metrics::probe(tx, NOW).await
}

/// Terminates the product's connections to this PostgreSQL database. Returns `false` on SQLite.
async fn end_connections(opened: &Opened) -> bool {
    if matches!(opened.db, Db::Sqlite { .. }) {
        return false;
    }
    let mut admin = PgConnection::connect(opened.url.expose()).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'lexicontract'";
    sqlx::query(end).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    true
}

#[tokio::test]
async fn statement_is_retried_after_connection_loss_if_nothing_was_done() {
    on_every_database(async |opened| {
        let mut single = opened.db.acquire().await.unwrap();
        let mut read = opened.db.read().await.unwrap();
        let mut write = opened.db.begin().await.unwrap();
        metrics::jobs(&mut read).await.unwrap();
        end_connections(&opened).await;
        metrics::jobs(&mut single).await.unwrap();
        metrics::jobs(&mut read).await.expect("a read transaction has no effects");
        probe(&mut write).await.expect("first statement of the transaction");
        drop(read);
        write.commit().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM probes").await, 1);
    })
    .await;
}

#[tokio::test]
async fn transaction_with_effects_fails_on_connection_loss_and_the_next_succeeds() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        Place::insert(&mut tx, "acme").await;
        if !end_connections(&opened).await {
            return;
        }
        probe(&mut tx).await.expect_err("a repetition would commit a half of the transaction");
        drop(tx);
        let mut next = opened.db.begin().await.unwrap();
        probe(&mut next).await.unwrap();
        next.commit().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM organizations").await, 0, "the first transaction rolled back");
    })
    .await;
}

#[tokio::test]
async fn commit_with_lost_response_is_not_retried() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        probe(&mut tx).await.unwrap();
        if end_connections(&opened).await {
            tx.commit().await.expect_err("whether it took effect is not known");
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_first_statement_is_retried_after_a_deadlock() {
    on_every_database(async |opened| {
        if matches!(opened.db, Db::Sqlite { .. }) {
            return;
        }
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        tx.commit().await.unwrap();
        claim_two_jobs(&opened, &place).await;
        assert_eq!(deadlock(&opened, async |_| {}).await.unwrap(), 2, "retried after the other transaction ended");
        claim_two_jobs(&opened, &place).await;
        let reported = deadlock(&opened, async |tx| probe(tx).await.unwrap()).await.unwrap_err();
        assert!(is_conflict(&reported), "{reported}");
    })
    .await;
}

async fn claim_two_jobs(opened: &Opened, place: &Place) {
    execute(&opened.db, "DELETE FROM jobs").await;
    let mut tx = opened.db.begin().await.unwrap();
    for subject in ["first", "second"] {
        let job = NewJob {
            organization_id: &place.organization,
            kind: "ingest",
            subject_id: subject,
            concurrency_key: None,
            run_at: NOW,
        };
        jobs::insert(&mut tx, &new_id(), &job, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    execute(&opened.db, "UPDATE jobs SET status = 'running', lease = 'l', locked_until = '2100-01-01T00:00:00Z'").await;
}

/// Provokes a deadlock between two transactions: the first expires the claims on two jobs, and the second locks the jobs in
/// reverse order. Calls `before` at the start of the first transaction.
async fn deadlock(opened: &Opened, before: impl AsyncFnOnce(&mut Tx)) -> Result<u64> {
    let mut other = PgConnection::connect(opened.url.expose()).await.unwrap();
    let mut locks = other.begin().await.unwrap();
    sqlx::query("UPDATE jobs SET attempts = 7 WHERE subject_id = 'second'").execute(&mut *locks).await.unwrap();
    let mut tx = opened.db.begin().await.unwrap();
    before(&mut tx).await;
    let ends = async {
        let ended = jobs::expire_all_claims(&mut tx, NOW).await?;
        tx.commit().await.map(|()| ended)
    };
    let wants = async {
        somebody_waits(opened, 1).await;
        sqlx::query("UPDATE jobs SET attempts = 7 WHERE subject_id = 'first'").execute(&mut *locks).await.unwrap();
        locks.commit().await.unwrap();
    };
    tokio::join!(ends, wants).0
}

#[tokio::test]
async fn write_waits_for_another_process_that_locks_the_sqlite_file() {
    on_every_database(async |opened| {
        if !matches!(opened.db, Db::Sqlite { .. }) {
            return;
        }
        let mut other = SqliteConnection::connect(opened.url.expose()).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        let releases = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            sqlx::query("COMMIT").execute(&mut other).await.unwrap();
        };
        let writes = async {
            let mut tx = opened.db.begin().await?;
            probe(&mut tx).await?;
            tx.commit().await
        };
        let (written, ()) = tokio::join!(writes, releases);
        written.unwrap();
    })
    .await;
}
