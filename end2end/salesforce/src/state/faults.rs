//! Injected faults. Each request triggers the first fault that matches the request.

use crate::wire::Then;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

const MAX_FAULTS: usize = 1_000;

/// An injected fault. A fault without `status` delays or manipulates the normal response.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    pub method: Option<String>,
    /// Text that the path and query of a request must contain.
    pub path_contains: String,
    /// Number of matching requests to which the fault applies. 0 counts as 1.
    pub times: u32,
    pub delay_ms: Option<u64>,
    /// Status of a response that replaces the normal response.
    pub status: Option<u16>,
    /// Body of the replacement response. A string is sent as text, any other value as JSON.
    pub body: Option<serde_json::Value>,
    pub content_type: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// Closes the connection: at the end of the truncated body if `truncate_body_at` is set, otherwise without a response.
    pub drop_connection: bool,
    /// Ends the body after this number of bytes. The body seems complete unless `drop_connection` is set.
    pub truncate_body_at: Option<usize>,
    /// Flips one bit of the byte at this offset of the body.
    pub flip_byte_at: Option<usize>,
    /// Appends spaces to the body until the client disconnects.
    pub endless: bool,
    /// Value of the `Content-Length` header, which can differ from the length of the body.
    pub content_length: Option<u64>,
    /// Text that replaces the whole response, including its head. `then` applies after this text.
    pub raw: Option<String>,
    /// Number of bytes of the response that are sent, including its head. `then` applies after these bytes.
    pub cut_at: Option<usize>,
    pub then: Then,
}

#[derive(Debug, Default)]
pub struct Faults(VecDeque<Fault>);

impl Faults {
    pub fn order(&mut self, faults: Vec<Fault>) {
        let free = MAX_FAULTS.saturating_sub(self.0.len());
        self.0.extend(faults.into_iter().take(free).map(|fault| Fault { times: fault.times.max(1), ..fault }));
    }

    /// Returns the first fault that matches the request. Removes the fault if it has now been returned `times` times.
    pub fn take(&mut self, method: &str, path_and_query: &str) -> Option<Fault> {
        let index = self.0.iter().position(|fault| {
            path_and_query.contains(&fault.path_contains)
                && fault.method.as_ref().is_none_or(|method_of_fault| method_of_fault.eq_ignore_ascii_case(method))
        })?;
        let fault = self.0.get_mut(index)?;
        fault.times -= 1;
        let taken = fault.clone();
        if taken.times == 0 {
            self.0.remove(index);
        }
        Some(taken)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

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
