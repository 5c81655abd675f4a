//! Statements that are interrupted: by the end of their connection, a deadlock, or a lock of another program.

use super::rows::{NOW, Place};
use crate::{
    databases::{Opened, on_every_database},
    raw::execute,
    waiting::somebody_waits,
};
use lexicontract::{
    db::{
        Db, Result, Tx, is_conflict,
        jobs::{self, NewJob},
        metrics,
    },
    random::new_id,
};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::time::Duration;

async fn probe(tx: &mut Tx) -> Result<()> {
    metrics::probe(tx, NOW).await
}

/// Ends every connection of the product to this PostgreSQL database; `false` on SQLite, which has none that can end.
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
async fn a_statement_of_a_connection_that_ended_is_repeated_while_nothing_was_done() {
    on_every_database(async |opened| {
        let mut glance = opened.db.acquire().await.unwrap();
        let mut read = opened.db.read().await.unwrap();
        let mut write = opened.db.begin().await.unwrap();
        metrics::jobs(&mut read).await.unwrap();
        end_connections(&opened).await;
        metrics::jobs(&mut glance).await.unwrap();
        metrics::jobs(&mut read).await.expect("a transaction that only reads has done nothing");
        probe(&mut write).await.expect("it is the first statement");
        drop(read);
        write.commit().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM probes").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_did_something_fails_with_its_connection_and_the_next_one_succeeds() {
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
        assert_eq!(opened.number("SELECT count(*) FROM organizations").await, 0, "the first one left nothing");
    })
    .await;
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_not_repeated() {
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
async fn the_first_statement_is_repeated_after_a_deadlock_and_a_later_one_is_reported() {
    on_every_database(async |opened| {
        if matches!(opened.db, Db::Sqlite { .. }) {
            return;
        }
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        tx.commit().await.unwrap();
        claim_two_jobs(&opened, &place).await;
        assert_eq!(deadlock(&opened, async |_| {}).await.unwrap(), 2, "repeated once the other transaction has ended");
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

/// Ends the claims of two jobs, of which another transaction locks the second and then wants the first.
async fn deadlock(opened: &Opened, before: impl AsyncFnOnce(&mut Tx)) -> Result<u64> {
    let mut other = PgConnection::connect(opened.url.expose()).await.unwrap();
    let mut locks = other.begin().await.unwrap();
    sqlx::query("UPDATE jobs SET attempts = 7 WHERE subject_id = 'second'").execute(&mut *locks).await.unwrap();
    let mut tx = opened.db.begin().await.unwrap();
    before(&mut tx).await;
    let ends = async {
        let ended = jobs::end_all_claims(&mut tx, NOW).await?;
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
async fn a_write_waits_for_another_program_that_holds_the_sqlite_file() {
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
