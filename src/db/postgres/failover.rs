//! Retires pooled connections to a PostgreSQL server that is no longer the primary.
//!
//! After a failover the name leads to the new primary, but old connections stay with the old one, which takes no writes. The first write that
//! fails for that reason retires every connection that was opened before; the pool then opens new ones, by name.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Connections are retired at most this often: while the server behind the name is read-only, new connections are no better.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// Which connections of a pool are retired: all that were opened before a point in time.
#[derive(Clone, Debug, Default)]
pub struct Failover(Arc<watch::Sender<Option<Instant>>>);

impl Failover {
    /// Whether a connection of this age is retired.
    pub(crate) fn has_retired(&self, age: Duration) -> bool {
        self.0.borrow().is_some_and(|retired_at| age > retired_at.elapsed())
    }

    /// Retires the connections that exist, because one of them, acquired at this time, cannot be used; `false` when connections were
    /// retired shortly before that, so that another one is no better.
    pub(crate) fn retire(&self, acquired_at: Instant) -> bool {
        let mut is_retired_since = false;
        let retires_now = self.0.send_if_modified(|retired_at| {
            is_retired_since = retired_at.is_some_and(|at| at > acquired_at);
            let retires = !is_retired_since && retired_at.is_none_or(|at| at.elapsed() >= AT_MOST_EVERY);
            if retires {
                *retired_at = Some(Instant::now());
            }
            retires
        });
        if retires_now {
            tracing::warn!("a connection to the database cannot be used; all that were opened before are replaced");
        }
        is_retired_since || retires_now
    }

    /// Changes whenever connections are retired.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Instant>> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_opened_before_are_retired_and_later_ones_are_not() {
        let failover = Failover::default();
        assert!(!failover.has_retired(Duration::from_secs(3_600)), "nothing has failed");
        assert!(failover.retire(Instant::now()));
        assert!(failover.has_retired(Duration::from_secs(3_600)));
        assert!(!failover.has_retired(Duration::ZERO));
    }

    #[test]
    fn a_server_that_stays_read_only_does_not_replace_every_connection_of_every_request() {
        let failover = Failover::default();
        let acquired_before = Instant::now();
        assert!(failover.retire(acquired_before));
        assert!(failover.retire(acquired_before), "this one was acquired before, so a newer connection may work");
        assert!(!failover.retire(Instant::now()), "this one is new already");
    }
}
