//! The address of the client: of the socket, or what the trusted proxies in front say.

use super::request_log::{ClientRequestId, REQUEST_ID};
use crate::state::AppState;
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;
use lexicontract::request_context::RequestContext;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The header to which each proxy appends the address that it saw.
const FORWARDED_FOR: &str = "x-forwarded-for";

pub use app::context::ClientAddress;

/// Puts the [`ClientAddress`] into the request's extensions, and runs the rest under the request's [`RequestContext`].
pub async fn remember(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if state.hub.config().trusted_proxies == 0 && request.headers().contains_key(FORWARDED_FOR) {
        state.hub.record_ignored_forwarded_for();
    }
    let address = client_address(peer(&request), request.headers(), state.hub.config().trusted_proxies);
    request.extensions_mut().insert(address);
    let request_id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let client_request_id = request.extensions().get::<ClientRequestId>().map(|id| id.0.clone());
    let request_context = RequestContext { address: Some(address.0.to_canonical()), request_id, client_request_id };
    request_context.scope(next.run(request)).await
}

/// The address at the other end of the socket. Requests that tests make without a socket have none.
pub fn peer(request: &Request) -> IpAddr {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

/// The address that stands `trusted_proxies` from the right in `X-Forwarded-For`: each proxy appends the one it saw, and
/// everything further left is what the client claims. Too short a list means that somebody went round a proxy.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> ClientAddress {
    if trusted_proxies == 0 {
        return ClientAddress(peer);
    }
    let values = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let claimed = addresses.len().checked_sub(trusted_proxies).and_then(|index| parse(addresses[index]));
    ClientAddress(claimed.unwrap_or(peer))
}

/// Some proxies add the port.
fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted_proxies: usize, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client_address("10.0.0.1".parse().unwrap(), &headers, trusted_proxies).0.to_string()
    }

    #[test]
    fn only_what_trusted_proxies_appended_counts() {
        assert_eq!(client(0, &["1.1.1.1"]), "10.0.0.1");
        assert_eq!(client(1, &["9.9.9.9, 1.1.1.1"]), "1.1.1.1");
        assert_eq!(client(2, &["9.9.9.9, 1.1.1.1", "10.0.0.2"]), "1.1.1.1");
        assert_eq!(client(1, &["9.9.9.9, [2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn a_list_that_is_missing_short_or_nonsense_leaves_the_socket() {
        assert_eq!(client(1, &[]), "10.0.0.1");
        assert_eq!(client(3, &["1.1.1.1, 2.2.2.2"]), "10.0.0.1");
        assert_eq!(client(1, &["unknown"]), "10.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_client() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(network("::ffff:1.2.3.4").to_string(), "1.2.3.4");
    }
}
