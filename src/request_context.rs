//! Context of the current request, for logs, audit entries and error responses. Decisions must not depend on this context.

use std::net::IpAddr;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    pub address: Option<IpAddr>,
    pub request_id: Option<String>,
    /// Untrusted request id from the client or a proxy.
    pub client_request_id: Option<String>,
}

tokio::task_local! {
    static CURRENT: RequestContext;
}

impl RequestContext {
    pub async fn scope<F: Future>(self, request: F) -> F::Output {
        CURRENT.scope(self, request).await
    }

    /// Returns the context of the current request; an empty context in background work.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }
}
