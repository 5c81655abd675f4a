//! The cursor of a connection: from when on entries into each stage count, and where the next poll continues.

use crate::connectors::{ApiLimit, Position};
use crate::db::connections::sync_cursors::{self, CursorRow};
use crate::db::{ReadConnection, Tx};
use crate::domain::connection::deal::Entry;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;
use crate::hub::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// Time for which a change at the provider can stay invisible: Salesforce sets the time of a change before the commit.
const COMMIT_DELAY: Duration = Duration::from_secs(5 * 60);

/// Times are by the provider's clock unless the comment says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// Earliest entry into each stage that counts. Known entries after this time are in `delivery_events`.
    pub(crate) starts: BTreeMap<String, Timestamp>,
    /// Stages that have no start yet, and since when they count, by our clock.
    pub(crate) requested: BTreeMap<String, Timestamp>,
    pub(crate) position: Option<Position>,
    /// Last time at which `position` moved, by our clock.
    pub(crate) moved_at: Option<Timestamp>,
    /// Start and end of the last poll that succeeded, by our clock.
    pub(crate) poll_began_at: Option<Timestamp>,
    pub(crate) polled_at: Option<Timestamp>,
    /// Number of polls in a row that failed.
    pub(crate) failures: i64,
    /// Number of entries in a row that somebody reported before a poll found them.
    pub(crate) reported_first: u32,
    /// Newest entry that is part of `reported_first`.
    pub(crate) counted_until: Option<Timestamp>,
    /// API calls of the account, as of the last poll.
    pub(crate) api_limit: Option<ApiLimit>,
}

impl Cursor {
    pub(crate) fn parse(row: &CursorRow) -> Result<Self> {
        serde_json::from_str(&row.cursor).map_err(|_| Error::Inconsistent("a cursor in an unknown form"))
    }

    pub(crate) async fn find(
        tx: &mut ReadConnection,
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<Option<Self>> {
        sync_cursors::find(tx, organization, connection).await?.as_ref().map(Self::parse).transpose()
    }

    /// Finds the cursor and locks it until commit; the default if there is none.
    pub(crate) async fn find_locked(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId) -> Result<Self> {
        let row = sync_cursors::find_locked(tx, organization, connection).await?;
        Ok(row.as_ref().map(Self::parse).transpose()?.unwrap_or_default())
    }

    /// Stores the cursor. A new cursor is due at `due_at`.
    pub(crate) async fn store(
        &self,
        tx: &mut Tx,
        organization: &OrganizationId,
        connection: &ConnectionId,
        due_at: Timestamp,
    ) -> Result<()> {
        let json = serde_json::to_string(self).map_err(|_| Error::Inconsistent("a cursor that cannot be serialized"))?;
        Ok(sync_cursors::store(tx, organization, connection, &json, due_at).await?)
    }

    /// Requests starts for the stages that have none, for example because the connection is older than polling.
    pub(crate) fn request_missing(&mut self, stages: &[String], now: Timestamp) {
        let is_missing = |stage: &&String| !self.starts.contains_key(*stage) && !self.requested.contains_key(*stage);
        let missing: Vec<String> = stages.iter().filter(is_missing).cloned().collect();
        self.request(&missing, now);
    }

    /// Requests new starts for stages. Their entries count from `now` on, by our clock.
    pub(crate) fn request(&mut self, stages: &[String], now: Timestamp) {
        for stage in stages {
            self.starts.remove(stage);
            self.requested.insert(stage.clone(), now);
        }
    }

    /// True if the entry is from after the start of its stage. An entry without a time counts once, which `delivery_events` ensures.
    pub(crate) fn is_after_start(&self, entry: &Entry) -> bool {
        let Some(start) = self.starts.get(&entry.stage) else { return false };
        entry.entered_at.is_none_or(|at| at >= *start)
    }

    /// Where a poll begins. Repeats the changes that can have become visible since the last poll: those from up to five minutes
    /// before it. The position moves only with changes, and only durations are compared, so the clocks need not agree.
    pub(crate) fn begin(&self) -> Position {
        let Some(position) = &self.position else { return self.first_position() };
        let passed = self.poll_began_at.zip(self.moved_at).map_or(Duration::ZERO, |(began, moved)| began.since(moved));
        match COMMIT_DELAY.saturating_sub(passed) {
            Duration::ZERO => position.clone(),
            overlap => Position { at: position.at - overlap, after: None },
        }
    }

    fn first_position(&self) -> Position {
        Position { at: self.starts.values().min().copied().unwrap_or(Timestamp::from_millis(0)), after: None }
    }

    /// Counts the entries that somebody reported before the poll found them. An entry that the poll found first restarts the count:
    /// the reports are incomplete.
    pub(crate) fn count_reports(&mut self, entries: &[&Entry], new: &HashSet<String>, reported: &HashSet<String>) {
        for entry in entries {
            let is_counted = entry.entered_at.is_none_or(|at| self.counted_until.is_some_and(|until| at <= until));
            match entry.key() {
                _ if is_counted => {}
                key if reported.contains(&key) => self.reported_first = self.reported_first.saturating_add(1),
                key if new.contains(&key) => self.reported_first = 0,
                _ => {}
            }
        }
        self.counted_until = entries.iter().filter_map(|entry| entry.entered_at).max().max(self.counted_until);
    }

    /// Moves the position forward. A position before the current one changes nothing.
    pub(crate) fn advance(&mut self, to: &Position, now: Timestamp) {
        let key = |position: &Position| (position.at, position.after.clone());
        if self.position.as_ref().is_none_or(|position| key(position) < key(to)) {
            self.position = Some(to.clone());
            self.moved_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::RecordId;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn position(seconds: i64, after: Option<&str>) -> Position {
        Position { at: at(seconds), after: after.map(str::to_owned) }
    }

    #[test]
    fn changes_are_repeated_from_five_minutes_before_the_last_poll() {
        let mut cursor = Cursor { starts: [("Legal".to_owned(), at(1_000))].into(), ..Cursor::default() };
        assert_eq!(cursor.begin(), position(1_000, None));
        cursor.poll_began_at = Some(at(8_999));
        cursor.advance(&position(2_000, Some("d2")), at(9_000));
        assert_eq!(cursor.begin(), position(1_700, None));
        cursor.poll_began_at = Some(at(9_299));
        assert_eq!(cursor.begin(), position(1_999, None));
        cursor.poll_began_at = Some(at(9_300));
        assert_eq!(cursor.begin(), position(2_000, Some("d2")));
        cursor.advance(&position(1_800, Some("d9")), at(9_300));
        cursor.advance(&position(2_000, Some("d1")), at(9_300));
        assert_eq!(cursor.begin(), position(2_000, Some("d2")), "an earlier position changes nothing");
    }

    #[test]
    fn entries_before_the_start_of_their_stage_do_not_count() {
        let mut cursor = Cursor { starts: [("Legal".to_owned(), at(1_000))].into(), ..Cursor::default() };
        let entry = |stage: &str, entered_at: Option<Timestamp>| Entry {
            deal: RecordId::new("d1"),
            stage: stage.to_owned(),
            record_type: None,
            pipeline: None,
            entered_at,
        };
        assert!(cursor.is_after_start(&entry("Legal", Some(at(1_000)))));
        assert!(cursor.is_after_start(&entry("Legal", None)));
        assert!(!cursor.is_after_start(&entry("Legal", Some(at(1_000) - SECOND))));
        assert!(!cursor.is_after_start(&entry("Won", Some(at(1_000)))));
        cursor.request(&["Legal".to_owned()], at(5_000));
        assert!(!cursor.is_after_start(&entry("Legal", Some(at(1_000)))));
    }
}
