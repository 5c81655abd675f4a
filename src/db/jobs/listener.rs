//! PostgreSQL notifications about queued jobs.

use crate::db::Result;
use crate::db::errors::transient::Transient;
use crate::db::postgres::failover::Failover;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::Instant;
use tokio::sync::watch;

const JOBS_CHANNEL: &str = "lexicontract_jobs";

/// Receives notifications about jobs that any server with this database queues.
pub struct JobListener {
    pool: PgPool,
    listener: PgListener,
    retired: watch::Receiver<Option<Instant>>,
}

impl JobListener {
    /// Starts listening. Fails on a standby, which does not support notifications.
    pub(crate) async fn open(pool: &PgPool, failover: &Failover) -> Result<Self> {
        let (retired, began) = (failover.watch(), Instant::now());
        match listen(pool).await {
            Ok(listener) => Ok(Self { pool: pool.clone(), listener, retired }),
            Err(error) => {
                if Transient::of(&error) == Some(Transient::ReadOnly) {
                    failover.retire(began);
                }
                Err(error)
            }
        }
    }

    /// Waits for a notification. Also returns when the connection has been replaced, because notifications can be lost during the
    /// replacement.
    pub async fn recv(&mut self) -> Result<()> {
        tokio::select! {
            heard = self.listener.recv() => heard.map(drop),
            // The connected server is no longer the primary.
            Ok(()) = self.retired.changed() => {
                self.listener = listen(&self.pool).await?;
                Ok(())
            }
        }
    }
}

async fn listen(pool: &PgPool) -> Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(JOBS_CHANNEL).await?;
    Ok(listener)
}
