//! Detects poolers that assign a session to each transaction, not to each connection.
//!
//! Prepared statements, `SET` and `LISTEN` belong to a session. Behind such a pooler, statements fail at random, settings affect
//! other clients, and notifications are lost.

use crate::db::Result;
use sqlx::{Executor, PgConnection, Row};

/// Number of rounds of the check. A single round can miss a pooler if another client takes the session that would reveal it.
const ROUNDS: usize = 2;
/// Query for the identity of a session. It includes the start time, because sessions on different servers can have the same
/// process id.
const SESSION: &str = "SELECT format('%s %s', pid, backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()";

pub(crate) trait Client {
    /// Runs a transaction and returns the id of the session that executed it.
    async fn run(&mut self) -> Result<String>;
    /// Begins a transaction and returns the id of its session.
    async fn begin(&mut self) -> Result<String>;
    async fn end(&mut self) -> Result<()>;
}

impl Client for PgConnection {
    async fn run(&mut self) -> Result<String> {
        sqlx::raw_sql(SESSION).fetch_one(self).await?.try_get(0)
    }

    async fn begin(&mut self) -> Result<String> {
        self.execute("BEGIN").await?;
        self.run().await
    }

    async fn end(&mut self) -> Result<()> {
        self.execute("ROLLBACK").await.map(drop)
    }
}

/// Returns true if the pooler shares sessions between connections, instead of giving each open connection its own session.
///
/// The check runs a transaction on `one`, opens transactions on some of the `others`, and runs a transaction on `one` again. The
/// pooler shares sessions if `one` does not keep its session.
///
/// A pooler that always assigns the session that has been idle longest can return the same session to `one` by coincidence. This
/// happens with one open transaction if exactly two sessions are idle, and with two open transactions if exactly three sessions
/// are idle. The check tries both numbers, so it detects such a pooler unless other clients interfere.
pub(crate) async fn shares_sessions<C: Client>(one: &mut C, others: &mut [C]) -> Result<bool> {
    for _ in 0..ROUNDS {
        for open in 1..=others.len() {
            if is_session_lost(one, &mut others[..open]).await? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Opens a transaction on each of the `others`. Returns true if one of these transactions gets the session of `one`, or if
/// `one` gets a different session afterwards.
async fn is_session_lost<C: Client>(one: &mut C, others: &mut [C]) -> Result<bool> {
    let session = one.run().await?;
    let mut is_lost = false;
    let mut begun = 0;
    for other in &mut *others {
        begun += 1;
        is_lost = other.begin().await? == session;
        // Opens no further transaction. If the pooler has only one session, another transaction would wait for this transaction.
        if is_lost {
            break;
        }
    }
    let is_lost = is_lost || one.run().await? != session;
    for other in &mut others[..begun] {
        other.end().await?;
    }
    Ok(is_lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::rc::Rc;

    #[derive(Clone, Copy, Debug)]
    enum Order {
        LastReleased,
        LongestIdle,
    }

    /// A client of a simulated pooler. If `own` is set, the client always uses that session. Otherwise, each transaction gets an
    /// idle session.
    struct Pooled {
        idle: Rc<RefCell<VecDeque<usize>>>,
        order: Order,
        held: Option<usize>,
        own: Option<usize>,
    }

    impl Pooled {
        fn take(&self) -> usize {
            let mut idle = self.idle.borrow_mut();
            match self.order {
                Order::LastReleased => idle.pop_back(),
                Order::LongestIdle => idle.pop_front(),
            }
            .expect("the check never waits for a session that it holds itself")
        }
    }

    impl Client for Pooled {
        async fn run(&mut self) -> Result<String> {
            let session = self.begin().await?;
            self.end().await?;
            Ok(session)
        }

        async fn begin(&mut self) -> Result<String> {
            let session = self.own.unwrap_or_else(|| self.take());
            self.held = Some(session);
            Ok(session.to_string())
        }

        async fn end(&mut self) -> Result<()> {
            let released = self.held.take().filter(|_| self.own.is_none());
            self.idle.borrow_mut().extend(released);
            Ok(())
        }
    }

    async fn is_detected(sessions: usize, order: Order, by_connection: bool) -> bool {
        let idle = Rc::new(RefCell::new((0..sessions).collect::<VecDeque<_>>()));
        let client = |number: usize| Pooled { idle: idle.clone(), order, held: None, own: by_connection.then_some(100 + number) };
        shares_sessions(&mut client(0), &mut [client(1), client(2)]).await.unwrap()
    }

    #[tokio::test]
    async fn transaction_pooling_is_detected_for_any_size_and_order() {
        for order in [Order::LastReleased, Order::LongestIdle] {
            for sessions in 1..=20 {
                assert!(is_detected(sessions, order, false).await, "{sessions} sessions, {order:?}");
            }
        }
    }

    #[tokio::test]
    async fn session_pooling_is_accepted() {
        assert!(!is_detected(3, Order::LastReleased, true).await);
    }
}
