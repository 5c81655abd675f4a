//! Waits until other transactions are blocked by a lock.

use lexicontract::db::Db;
use std::time::Duration;
use test_support::databases::Opened;

/// Waits until a lock blocks at least this number of transactions.
pub async fn somebody_waits(opened: &Opened, transactions: i64) {
    match &opened.db {
        // The queue for SQLite's only write connection cannot be observed, so the function waits for a fixed time.
        Db::Sqlite { .. } => tokio::time::sleep(Duration::from_millis(100)).await,
        Db::Postgres { .. } => {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while opened.number(waiting).await < transactions {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}
