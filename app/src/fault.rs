use leptos::server_fn::Bytes;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use lexicontract::domain::problem::{Invalid, Problem};
use serde::{Deserialize, Serialize};

/// The error type of all server functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    #[error("{0}")]
    Problem(Problem),
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

    /// Parses an error response. If a request is rejected before the server function runs, for example because it has no session,
    /// the response is a problem document and not a serialized [`Fault`].
    fn de(data: Bytes) -> Self {
        let fault = serde_json::from_slice(&data);
        let rejection = || serde_json::from_slice::<Rejection>(&data).map(|rejection| Self::Problem(rejection.code));
        fault.or_else(|_| rejection()).unwrap_or(Self::Unreachable)
    }
}

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
    fn rejection_before_a_server_function_is_read_as_its_problem() {
        let read = |answer: &'static str| Fault::de(Bytes::from_static(answer.as_bytes()));
        assert_eq!(read(r#"{"type":"urn:x","status":401,"code":"not_signed_in"}"#), Problem::NotSignedIn.into());
        assert_eq!(read(r#"{"Problem":"not_found"}"#), Problem::NotFound.into());
        for answer in ["", "<html>", r#"{"code":"invalid_field"}"#] {
            assert_eq!(read(answer), Fault::Unreachable, "{answer}");
        }
    }
}
