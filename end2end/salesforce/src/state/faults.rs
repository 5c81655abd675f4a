//! Faults that tests order: each is applied to the next matching requests, in the order in which they were ordered.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::wire::Then;

const MOST_FAULTS: usize = 1_000;

/// One ordered fault. Without `status` the request is answered as usual, after the delay, perhaps cut short.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Only requests of this method.
    pub method: Option<String>,
    /// Only requests whose path and query contain this.
    pub path_contains: String,
    /// How many requests it is applied to.
    pub times: u32,
    /// How long to wait first.
    pub delay_ms: Option<u64>,
    /// Answer with this status instead.
    pub status: Option<u16>,
    /// The body of that answer: text as it is, other JSON as JSON.
    pub body: Option<serde_json::Value>,
    /// Its content type.
    pub content_type: Option<String>,
    /// Headers to add.
    pub headers: BTreeMap<String, String>,
    /// Close the connection without an answer; with `truncate_body_at`, in the middle of the body.
    pub drop_connection: bool,
    /// End the body after so many bytes, as if it were complete.
    pub truncate_body_at: Option<usize>,
    /// Change the byte of the body at this place: the length stays, the checksum does not.
    pub flip_byte_at: Option<usize>,
    /// Let the body go on with spaces for as long as anybody listens.
    pub endless: bool,
    /// Claim this length of the body, whatever it has.
    pub content_length: Option<u64>,
    /// Send these bytes instead of an answer, head included, and then do what `then` says.
    pub raw: Option<String>,
    /// Send only so many bytes of the answer, head included, and then do what `then` says.
    pub cut_at: Option<usize>,
    /// What the connection does after `raw` or `cut_at`: `close`, `reset` or `stall`.
    pub then: Then,
}

/// The faults still to come.
#[derive(Debug, Default)]
pub struct Faults(VecDeque<Fault>);

impl Faults {
    /// Adds faults behind those that wait already.
    pub fn order(&mut self, faults: Vec<Fault>) {
        let room = MOST_FAULTS.saturating_sub(self.0.len());
        self.0.extend(faults.into_iter().take(room).map(|fault| Fault { times: fault.times.max(1), ..fault }));
    }

    /// The fault for this request, if one waits.
    pub fn take(&mut self, method: &str, path_and_query: &str) -> Option<Fault> {
        let place = self.0.iter().position(|fault| {
            path_and_query.contains(&fault.path_contains)
                && fault.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
        })?;
        let fault = self.0.get_mut(place)?;
        fault.times -= 1;
        let taken = fault.clone();
        if taken.times == 0 {
            self.0.remove(place);
        }
        Some(taken)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Those that wait.
    pub fn waiting(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_apply_in_order_and_only_to_matching_requests() {
        let fault =
            |path: &str, times, status| Fault { path_contains: path.to_owned(), times, status: Some(status), ..Fault::default() };
        let mut faults = Faults::default();
        faults.order(vec![fault("/query", 2, 503), fault("/query", 0, 420)]);
        assert!(faults.take("GET", "/services/data").is_none());
        let statuses: Vec<_> = (0..4).map(|_| faults.take("GET", "/x/query?q=1").and_then(|fault| fault.status)).collect();
        assert_eq!(statuses, [Some(503), Some(503), Some(420), None]);
    }
}
