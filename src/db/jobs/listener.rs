//! Notifications of PostgreSQL about queued jobs.

use crate::db::{Result, errors::transient::Transient, postgres::failover::Failover};
use sqlx::{PgPool, postgres::PgListener};
use std::time::Instant;
use tokio::sync::watch;

/// The channel on which PostgreSQL notifies every server of a queued job.
const JOBS_CHANNEL: &str = "lexicontract_jobs";

/// Hears when any server on the same database has queued a job.
pub struct JobListener {
    pool: PgPool,
    listener: PgListener,
    retired: watch::Receiver<Option<Instant>>,
}

impl JobListener {
    /// Starts to listen.
    ///
    /// # Errors
    /// No connection in time, or a standby, which has no notifications.
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

    /// Returns when a job may have been queued: after a notification, and after a change of the connection, when one can have been missed.
    ///
    /// # Errors
    /// The connection is lost and could not be replaced.
    pub async fn recv(&mut self) -> Result<()> {
        tokio::select! {
            heard = self.listener.recv() => heard.map(drop),
            // The server it listens to is no longer the primary.
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
