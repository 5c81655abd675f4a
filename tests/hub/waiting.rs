//! Transactions that wait for each other.

use crate::databases::Opened;
use lexicontract::db::Db;
use std::time::Duration;

/// Returns when so many transactions wait for another one.
pub async fn somebody_waits(opened: &Opened, transactions: i64) {
    match &opened.db {
        // Whoever wants its one writer stands in a queue that nobody can look at.
        Db::Sqlite { .. } => tokio::time::sleep(Duration::from_millis(100)).await,
        Db::Postgres { .. } => {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while opened.number(waiting).await < transactions {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}
