//! Whether it works, in numbers: what waits, since when, what was given up, and how the connections are.

use crate::{
    db,
    hub::{Hub, Result},
};
use std::time::Duration;

/// Numbers over the whole installation, as they are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures {
    /// Jobs by kind and state. The state `dead` holds the dead letters.
    pub jobs: Vec<(String, String, i64)>,
    /// How long the job has been due that has waited for longest.
    pub oldest_due: Duration,
    /// Connections by state.
    pub connections: Vec<(String, i64)>,
}

impl Hub {
    /// Counts what there is.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn measure(&self) -> Result<Measures> {
        let now = self.clock().now();
        let mut tx = self.db.read().await?;
        let oldest = db::measures::oldest_due(&mut tx, now).await?;
        Ok(Measures {
            jobs: db::measures::jobs(&mut tx).await?,
            oldest_due: oldest.map_or(Duration::ZERO, |due| now.since(due)),
            connections: db::measures::connections(&mut tx).await?,
        })
    }

    /// Whether a row can be written durably: what a delivery needs.
    ///
    /// # Errors
    /// It cannot.
    pub async fn can_write(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        db::measures::probe(&mut tx, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }
}
