//! Task-local context of the current request, for logs, audit entries and error responses. Authorization and other decisions must
//! not depend on it.

use std::net::IpAddr;

/// Context of a request. It is empty during background work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    /// IP address of the client.
    pub address: Option<IpAddr>,
    pub request_id: Option<String>,
    /// Request id that the client or a proxy sent. It is not trusted.
    pub client_request_id: Option<String>,
}

tokio::task_local! {
    static CURRENT: RequestContext;
}

impl RequestContext {
    /// Runs the future of a request with this context.
    pub async fn scope<F: Future>(self, request: F) -> F::Output {
        CURRENT.scope(self, request).await
    }

    /// Context of the current request; empty outside of requests.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_context_is_limited_to_its_request() {
        let here = RequestContext {
            address: Some([192, 0, 2, 1].into()),
            request_id: Some("r-1".to_owned()),
            ..RequestContext::default()
        };
        assert_eq!(here.clone().scope(async { RequestContext::current() }).await, here);
        assert_eq!(RequestContext::current(), RequestContext::default());
    }
}
