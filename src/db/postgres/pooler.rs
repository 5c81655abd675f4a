//! Recognizes poolers that give each transaction of a connection another session of PostgreSQL.
//!
//! Prepared statements, `SET` and `LISTEN` belong to a session: behind such a pooler statements fail now and then, settings reach other
//! clients, and notifications are lost.

use crate::db::Result;
use sqlx::{Executor, PgConnection, Row};

/// How often the comparison is made: on a busy pooler other clients can take the session that would have given it away.
const ROUNDS: usize = 2;
/// The session of a connection. The time tells sessions of several servers apart that have the same process id.
const SESSION: &str = "SELECT format('%s %s', pid, backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()";

/// A connection as seen from here.
pub(crate) trait Client {
    /// Runs a transaction, and returns the session that it ran in.
    async fn run(&mut self) -> Result<String>;
    /// Begins a transaction, and returns its session.
    async fn begin(&mut self) -> Result<String>;
    /// Ends the transaction.
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

/// Whether connections share sessions. `one` and `others` are all open, so without such a pooler each has a session of its own and keeps it.
///
/// With one transaction open beside it, `one` gets its former session again only if exactly two sessions are idle and the pooler hands out
/// the one that has been idle for longest; with two open, only if there are three. So trying both finds every order of a quiet pooler.
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

/// Whether the session of `one` is given to others, or another one to it, while these have a transaction each.
async fn is_session_lost<C: Client>(one: &mut C, others: &mut [C]) -> Result<bool> {
    let session = one.run().await?;
    let mut is_lost = false;
    let mut begun = 0;
    for other in &mut *others {
        begun += 1;
        is_lost = other.begin().await? == session;
        // A pooler with few sessions would let the next one wait for this transaction.
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
    use std::{cell::RefCell, collections::VecDeque, rc::Rc};

    /// Which idle session a pooler hands out.
    #[derive(Clone, Copy, Debug)]
    enum Order {
        LastReleased,
        LongestIdle,
    }

    /// A client of a pooler that gives sessions to transactions, or (`own`) of one that gives them to connections.
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

    async fn is_recognized(sessions: usize, order: Order, by_connection: bool) -> bool {
        let idle = Rc::new(RefCell::new((0..sessions).collect::<VecDeque<_>>()));
        let client = |number: usize| Pooled { idle: idle.clone(), order, held: None, own: by_connection.then_some(100 + number) };
        shares_sessions(&mut client(0), &mut [client(1), client(2)]).await.unwrap()
    }

    #[tokio::test]
    async fn sessions_of_transactions_are_recognized_whatever_their_number_and_order() {
        for order in [Order::LastReleased, Order::LongestIdle] {
            for sessions in 1..=20 {
                assert!(is_recognized(sessions, order, false).await, "{sessions} sessions, {order:?}");
            }
        }
    }

    #[tokio::test]
    async fn sessions_of_connections_are_not() {
        assert!(!is_recognized(3, Order::LastReleased, true).await);
    }
}
