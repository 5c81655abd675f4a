//! Cache of authenticated sessions and API tokens, so that several requests for one page need only one database lookup.
//!
//! The cache is used only with SQLite, where this process is the only server. Every write by this process, such as a sign-out or a
//! role change, invalidates all entries. A write by another program takes effect when the entries expire.

use crate::domain::time::Timestamp;
use crate::services::Actor;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const TTL: Duration = Duration::from_secs(1);
const MAX_ENTRIES: usize = 1_024;

/// Entries by the digest of their session token or API token.
#[derive(Default)]
pub struct SessionCache {
    entries: Mutex<HashMap<String, Entry>>,
}

struct Entry {
    actor: Actor,
    looked_up: Lookup,
    expires_at: Timestamp,
}

/// The state of the database and the clock before a lookup.
#[derive(Clone, Copy)]
pub struct Lookup {
    /// The value of [`crate::db::Db::write_count`], which increases with every write. `None` on PostgreSQL, where other servers
    /// can also write.
    pub written: Option<u64>,
    pub at: Timestamp,
}

impl Entry {
    fn is_valid(&self, now: Lookup) -> bool {
        let Lookup { written, at } = self.looked_up;
        let is_current = written.is_some() && written == now.written && at <= now.at && now.at.since(at) < TTL;
        is_current && now.at < self.expires_at
    }
}

impl SessionCache {
    pub fn get(&self, digest: &str, now: Lookup) -> Option<Actor> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(digest).filter(|entry| entry.is_valid(now)).map(|entry| entry.actor.clone())
    }

    pub fn insert(&self, digest: String, looked_up: Lookup, expires_at: Timestamp, actor: &Actor) {
        if looked_up.written.is_none() {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, entry| entry.is_valid(looked_up));
        }
        if entries.len() < MAX_ENTRIES {
            entries.insert(digest, Entry { actor: actor.clone(), looked_up, expires_at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::users::Role;
    use crate::random::new_id;
    use crate::services::Via;

    fn ada() -> Actor {
        Actor {
            user_id: new_id(),
            organization_id: new_id(),
            role: Role::Admin,
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            organization_name: "Acme".to_owned(),
            via: Via::Session(new_id()),
            idempotency_key: None,
        }
    }

    const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

    fn at(written: Option<u64>, millis: i64) -> Lookup {
        Lookup { written, at: Timestamp::from_millis(1_795_363_200_000 + millis) }
    }

    #[test]
    fn an_entry_does_not_outlive_its_session_or_token() {
        let (cache, ada) = (SessionCache::default(), ada());
        cache.insert("ada".to_owned(), at(Some(7), 0), at(None, 500).at, &ada);
        assert_eq!(cache.get("ada", at(Some(7), 499)), Some(ada));
        assert_eq!(cache.get("ada", at(Some(7), 500)), None);
    }

    #[test]
    fn an_entry_expires_after_a_second_or_any_write() {
        let (cache, ada) = (SessionCache::default(), ada());
        cache.insert("ada".to_owned(), at(Some(7), 0), NEVER, &ada);
        assert_eq!(cache.get("ada", at(Some(7), 999)), Some(ada));
        for (why, digest, lookup) in [
            ("another session", "eve", at(Some(7), 0)),
            ("something was written", "ada", at(Some(8), 0)),
            ("a second has passed", "ada", at(Some(7), 1_000)),
            ("the clock was set back", "ada", at(Some(7), -1)),
            ("other processes write", "ada", at(None, 0)),
        ] {
            assert_eq!(cache.get(digest, lookup), None, "{why}");
        }
    }

    #[test]
    fn nothing_is_cached_where_other_processes_write() {
        let cache = SessionCache::default();
        cache.insert("ada".to_owned(), at(None, 0), NEVER, &ada());
        assert_eq!(cache.get("ada", at(None, 0)), None);
    }

    #[test]
    fn the_number_of_entries_is_bounded_and_invalid_ones_are_removed() {
        let (cache, ada) = (SessionCache::default(), ada());
        for number in 0..MAX_ENTRIES {
            cache.insert(number.to_string(), at(Some(1), 0), NEVER, &ada);
        }
        cache.insert("one more".to_owned(), at(Some(1), 1), NEVER, &ada);
        assert_eq!(cache.get("one more", at(Some(1), 1)), None, "all others are fresh");
        cache.insert("later".to_owned(), at(Some(2), 2), NEVER, &ada);
        assert_eq!(cache.get("later", at(Some(2), 2)), Some(ada));
        assert_eq!(cache.entries.lock().unwrap().len(), 1);
    }
}
