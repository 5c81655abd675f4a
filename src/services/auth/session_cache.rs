//! Who was behind a session or a token a moment ago, so that the requests of one page look it up once.
//!
//! On SQLite only, where nobody else writes: whatever this process writes, a sign-out or another role among it, makes all of it void. What
//! another program writes into the file counts within a second.

use crate::{domain::time::Timestamp, services::Actor};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How long an answer is believed, if nothing is written.
const BELIEVED_FOR: Duration = Duration::from_secs(1);
/// How many answers are kept.
const MOST: usize = 1_024;

/// The answers, by the digest of what proved the identity.
#[derive(Default)]
pub struct SessionCache {
    known: Mutex<HashMap<String, Known>>,
}

struct Known {
    actor: Actor,
    moment: Moment,
    /// When the session or the token ends.
    expires_at: Timestamp,
}

impl Known {
    fn holds(&self, now: Moment) -> bool {
        self.moment.holds(now) && now.now < self.expires_at
    }
}

/// When something was looked up.
#[derive(Clone, Copy)]
pub struct Moment {
    /// What [`crate::db::Db::written`] said before the look-up.
    pub written: Option<u64>,
    /// The time before the look-up.
    pub now: Timestamp,
}

impl Moment {
    /// Whether what was found then is still to be believed.
    fn holds(self, now: Self) -> bool {
        self.written.is_some() && self.written == now.written && self.now <= now.now && now.now.since(self.now) < BELIEVED_FOR
    }
}

impl SessionCache {
    /// Whose it is, as far as that is known.
    pub fn find(&self, digest: &str, now: Moment) -> Option<Actor> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(digest).filter(|known| known.holds(now)).map(|known| known.actor.clone())
    }

    /// Keeps what was looked up at that moment, but not beyond the end of the session or the token.
    pub fn remember(&self, digest: String, moment: Moment, expires_at: Timestamp, actor: &Actor) {
        if moment.written.is_none() {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, known| known.holds(moment));
        }
        if known.len() < MOST {
            known.insert(digest, Known { actor: actor.clone(), moment, expires_at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::account::users::Role, random::new_id, services::Via};

    fn ada() -> Actor {
        Actor {
            user_id: new_id(),
            organization_id: new_id(),
            role: Role::Admin,
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            organization_name: "Acme".to_owned(),
            via: Via::Session(new_id()),
        }
    }

    const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

    fn at(written: Option<u64>, millis: i64) -> Moment {
        Moment { written, now: Timestamp::from_millis(1_795_363_200_000 + millis) }
    }

    #[test]
    fn an_answer_does_not_outlive_the_session_or_the_token() {
        let (known, ada) = (SessionCache::default(), ada());
        known.remember("ada".to_owned(), at(Some(7), 0), at(None, 500).now, &ada);
        assert_eq!(known.find("ada", at(Some(7), 499)), Some(ada));
        assert_eq!(known.find("ada", at(Some(7), 500)), None);
    }

    #[test]
    fn an_answer_is_believed_for_a_second_and_while_nothing_is_written() {
        let (known, ada) = (SessionCache::default(), ada());
        known.remember("ada".to_owned(), at(Some(7), 0), NEVER, &ada);
        assert_eq!(known.find("ada", at(Some(7), 999)), Some(ada));
        for (why, digest, moment) in [
            ("somebody else", "eve", at(Some(7), 0)),
            ("something was written", "ada", at(Some(8), 0)),
            ("a second has passed", "ada", at(Some(7), 1_000)),
            ("the clock was put back", "ada", at(Some(7), -1)),
            ("others may write", "ada", at(None, 0)),
        ] {
            assert_eq!(known.find(digest, moment), None, "{why}");
        }
    }

    #[test]
    fn where_others_write_nothing_is_kept() {
        let known = SessionCache::default();
        known.remember("ada".to_owned(), at(None, 0), NEVER, &ada());
        assert_eq!(known.find("ada", at(None, 0)), None);
    }

    #[test]
    fn only_so_many_are_kept_and_old_ones_go_first() {
        let (known, ada) = (SessionCache::default(), ada());
        for number in 0..MOST {
            known.remember(number.to_string(), at(Some(1), 0), NEVER, &ada);
        }
        known.remember("one more".to_owned(), at(Some(1), 1), NEVER, &ada);
        assert_eq!(known.find("one more", at(Some(1), 1)), None, "all others are fresh");
        known.remember("later".to_owned(), at(Some(2), 2), NEVER, &ada);
        assert_eq!(known.find("later", at(Some(2), 2)), Some(ada));
        assert_eq!(known.known.lock().unwrap().len(), 1);
    }
}
