//! Logs of requests, webhook calls, Outbound Messages, writes and revocations. Each log keeps only its newest entries.

use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;

const MAX_ENTRIES: usize = 2_000;

#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Log<T>(VecDeque<T>);

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log(VecDeque::new())
    }
}

impl<T> Log<T> {
    /// Appends an entry. If the log is full, drops the oldest entry.
    pub fn push(&mut self, entry: T) {
        if self.0.len() == MAX_ENTRIES {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter()
    }

    pub fn entries_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.0.iter_mut()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct RequestEntry {
    /// Sequence number of the request. Both organizations share the sequence.
    pub number: u64,
    pub at: String,
    pub method: String,
    pub path: String,
    pub query: String,
    /// Status of the response. `None` while the request is in progress, or if a fault closed the connection without a response.
    pub status: Option<u16>,
    /// True if a fault applied to the request.
    pub fault: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct WebhookEntry {
    pub at: String,
    /// URL that was called. Empty if no webhook is configured.
    pub url: String,
    pub opportunity_ids: Vec<String>,
    pub attempt: usize,
    pub status: Option<u16>,
    pub response: String,
    pub error: Option<String>,
    pub will_retry: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct OutboundEntry {
    pub at: String,
    pub url: String,
    pub notification_ids: Vec<String>,
    pub opportunity_ids: Vec<String>,
    pub status: Option<u16>,
    pub response: String,
    pub error: Option<String>,
    pub acknowledged: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct WriteEntry {
    pub at: String,
    pub object: String,
    pub id: String,
    pub fields: Value,
    pub status: u16,
}

#[derive(Clone, Debug, Serialize)]
pub struct RevocationEntry {
    pub at: String,
    /// Kind of the revoked token: `refresh_token`, `access_token`, or `unknown`.
    pub kind: &'static str,
    pub token: String,
    /// Client id of the app to which the token was issued. `None` if the token is unknown.
    pub client_id: Option<String>,
}
