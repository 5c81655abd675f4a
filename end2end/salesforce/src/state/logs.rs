//! What happened: requests, webhook calls, writes, revocations. Each list keeps its newest entries only.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

const MOST_ENTRIES: usize = 2_000;

/// The newest entries of one kind, oldest first.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Log<T>(VecDeque<T>);

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log(VecDeque::new())
    }
}

impl<T> Log<T> {
    /// Adds an entry; the oldest one goes when there are too many.
    pub fn push(&mut self, entry: T) {
        if self.0.len() == MOST_ENTRIES {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter()
    }

    /// The entries to change, oldest first.
    pub fn entries_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.0.iter_mut()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One request to the Salesforce side of the simulator.
#[derive(Clone, Debug, Serialize)]
pub struct RequestEntry {
    /// Rises by one with each request of any organization.
    pub number: u64,
    /// When it began.
    pub at: String,
    /// `GET`, `PATCH`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query, decoded, or empty.
    pub query: String,
    /// The status of the answer; nothing while it runs, or when the connection was dropped.
    pub status: Option<u16>,
    /// Whether an ordered fault was applied.
    pub fault: bool,
}

/// One attempt of the trigger to call the webhook.
#[derive(Clone, Debug, Serialize)]
pub struct WebhookEntry {
    /// When it began.
    pub at: String,
    /// Where it went; empty when no address is set.
    pub url: String,
    /// The Opportunities it told about.
    pub opportunity_ids: Vec<String>,
    /// 1 for the first.
    pub attempt: usize,
    /// The status of the answer, if one came.
    pub status: Option<u16>,
    /// The first part of the answer's body.
    pub response: String,
    /// Why no answer came.
    pub error: Option<String>,
    /// Whether another attempt follows.
    pub will_retry: bool,
}

/// One change of a record that came over the data API.
#[derive(Clone, Debug, Serialize)]
pub struct WriteEntry {
    /// When it came.
    pub at: String,
    /// The type of the record.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The fields as sent.
    pub fields: Value,
    /// The status of the answer.
    pub status: u16,
}

/// One request to revoke a token.
#[derive(Clone, Debug, Serialize)]
pub struct RevocationEntry {
    /// When it came.
    pub at: String,
    /// `refresh_token`, `access_token`, or `unknown`.
    pub kind: &'static str,
    /// The token as sent.
    pub token: String,
    /// The app whose grant ended.
    pub client_id: Option<String>,
}
