//! Where the request that is being served comes from: the client's address, and the id under which the log knows the request.
//!
//! It travels beside the call and not in every signature: no decision may depend on it, only the log, the audit and the text of
//! an answer name it.

use std::net::IpAddr;

/// Where a request comes from. Work that no request asked for has none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The request's id in the log.
    pub request_id: Option<String>,
    /// What the client, or a proxy in front, called the request. It proves nothing.
    pub client_request_id: Option<String>,
}

tokio::task_local! {
    static CURRENT: RequestContext;
}

impl RequestContext {
    /// Runs a request under its provenance.
    pub async fn scope<F: Future>(self, request: F) -> F::Output {
        CURRENT.scope(self, request).await
    }

    /// That of the request being served now; empty outside of requests.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_known_within_the_request_and_nowhere_else() {
        let here = RequestContext {
            address: Some([192, 0, 2, 1].into()),
            request_id: Some("r-1".to_owned()),
            ..RequestContext::default()
        };
        assert_eq!(here.clone().scope(async { RequestContext::current() }).await, here);
        assert_eq!(RequestContext::current(), RequestContext::default());
    }
}
