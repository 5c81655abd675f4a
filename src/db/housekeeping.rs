//! The table `housekeeping`: the next due time of each periodic task. All servers share this schedule, so each due task runs on
//! only one server.

use super::{Result, Tx, params};
use crate::domain::time::Timestamp;

/// Claims a due task and schedules its next run. Returns false if the task is not due or another server has claimed it.
pub async fn take(tx: &mut Tx, task: &'static str, now: Timestamp, next: Timestamp) -> Result<bool> {
    let sql = "INSERT INTO housekeeping (task, due_at) VALUES ($1, $3) ON CONFLICT (task) DO UPDATE SET due_at = $3
        WHERE housekeeping.due_at <= $2";
    tx.query(sql, params![task, now, next]).affects_rows().await
}
