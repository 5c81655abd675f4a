//! Retires pooled connections to a PostgreSQL server that is no longer the primary.
//!
//! After a failover, the host name resolves to the new primary, but existing connections lead to the old primary, which rejects
//! writes. The first rejected write retires all existing connections. The pool resolves the host name again for new connections.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Minimum interval between retirements. It prevents a reconnect after every rejected write while the host name resolves to a
/// read-only server.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// Time of the last retirement. All connections that were opened earlier are retired.
#[derive(Clone, Debug, Default)]
pub struct Failover(Arc<watch::Sender<Option<Instant>>>);

impl Failover {
    pub(crate) fn has_retired(&self, age: Duration) -> bool {
        self.0.borrow().is_some_and(|retired_at| age > retired_at.elapsed())
    }

    /// Handles the failure of a connection that was acquired at `acquired_at`. If the last retirement was earlier, retires all
    /// open connections, at most once per [`AT_MOST_EVERY`]. Returns true if the failed connection is retired, because a retry on
    /// a new connection can then succeed.
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
    fn read_only_server_does_not_cause_repeated_retirement() {
        let failover = Failover::default();
        let acquired_before = Instant::now();
        assert!(failover.retire(acquired_before));
        assert!(failover.retire(acquired_before), "this one was acquired before, so a newer connection may work");
        assert!(!failover.retire(Instant::now()), "this one is new already");
    }
}
