//! What a server function answers when it cannot do what was asked: a problem for people, never free text.

use leptos::server_fn::{
    Bytes,
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use lexicontract::domain::problem::{Invalid, Problem};
use serde::{Deserialize, Serialize};

/// Why a server function failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// The server said no, and why.
    #[error("{0}")]
    Problem(Problem),
    /// The server could not be asked.
    #[error("the server could not be reached")]
    Unreachable,
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Problem(Problem::Invalid(Invalid::Body)),
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Response(_) => {
                Self::Unreachable
            }
            _ => Self::Problem(Problem::Internal),
        }
    }

    /// Who is not signed in is refused before any server function runs, with a problem document in place of a fault.
    fn de(data: Bytes) -> Self {
        let fault = serde_json::from_slice(&data);
        let refused = || serde_json::from_slice::<Rejection>(&data).map(|refusal| Self::Problem(refusal.code));
        fault.or_else(|_| refused()).unwrap_or(Self::Unreachable)
    }
}

/// As much of a problem document as a page needs.
#[derive(Deserialize)]
struct Rejection {
    code: Problem,
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_learns_that_nobody_is_signed_in_any_more() {
        let read = |answer: &'static str| Fault::de(Bytes::from_static(answer.as_bytes()));
        assert_eq!(read(r#"{"type":"urn:x","status":401,"code":"not_signed_in"}"#), Problem::NotSignedIn.into());
        assert_eq!(read(r#"{"Problem":"not_found"}"#), Problem::NotFound.into());
        for answer in ["", "<html>", r#"{"code":"invalid_field"}"#] {
            assert_eq!(read(answer), Fault::Unreachable, "{answer}");
        }
    }
}
