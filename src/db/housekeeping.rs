//! `housekeeping`: when each piece of it is due next, so that several servers do it once.

use super::{Result, Tx};
use crate::domain::time::Timestamp;

/// Takes a task that is due; `false` when it is not, or when another server was faster. It is due again at `next`.
pub async fn take(tx: &mut Tx, task: &'static str, now: Timestamp, next: Timestamp) -> Result<bool> {
    let taken = tx
        .query("INSERT INTO housekeeping (task, due_at) VALUES ($1, $3) ON CONFLICT (task) DO UPDATE SET due_at = $3 WHERE housekeeping.due_at <= $2")
        .bind(task)
        .bind(now)
        .bind(next)
        .execute()
        .await?;
    Ok(taken == 1)
}
