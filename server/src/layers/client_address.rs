//! The address of the client: the peer of the socket or, behind trusted proxies, an entry in `X-Forwarded-For`.

use super::request_log::{ClientRequestId, REQUEST_ID};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use lexicontract::hub::Hub;
use lexicontract::request_context::RequestContext;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

pub use app::context::ClientAddress;

/// Sets the extension [`ClientAddress`] of the request, and runs the inner layers within the [`RequestContext`].
pub async fn set(State(hub): State<Hub>, mut request: Request, next: Next) -> Response {
    let trusted_proxies = hub.config().trusted_proxies;
    if trusted_proxies == 0 && request.headers().contains_key(FORWARDED_FOR) {
        hub.record_ignored_forwarded_for();
    }
    let address = client_address(peer(&request), request.headers(), trusted_proxies);
    request.extensions_mut().insert(address);
    let request_id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let client_request_id = request.extensions().get::<ClientRequestId>().map(|id| id.0.clone());
    let request_context = RequestContext { address: Some(address.0.to_canonical()), request_id, client_request_id };
    request_context.scope(next.run(request)).await
}

/// The peer of the socket, or 0.0.0.0 in tests without a socket.
pub fn peer(request: &Request) -> IpAddr {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

/// Returns the entry of `X-Forwarded-For` at position `trusted_proxies`, counted from the right. Each proxy appends the address
/// of its peer, so entries further to the left come from the client. If the list is too short, the request has bypassed a proxy,
/// and the function returns the peer.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> ClientAddress {
    if trusted_proxies == 0 {
        return ClientAddress(peer);
    }
    let values = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let claimed = addresses.len().checked_sub(trusted_proxies).and_then(|index| parse_with_optional_port(addresses[index]));
    ClientAddress(claimed.unwrap_or(peer))
}

fn parse_with_optional_port(text: &str) -> Option<IpAddr> {
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
    fn only_entries_of_trusted_proxies_are_used_and_otherwise_the_peer() {
        assert_eq!(client(0, &["1.1.1.1"]), "10.0.0.1");
        assert_eq!(client(1, &["9.9.9.9, 1.1.1.1"]), "1.1.1.1");
        assert_eq!(client(2, &["9.9.9.9, 1.1.1.1", "10.0.0.2"]), "1.1.1.1");
        assert_eq!(client(1, &["9.9.9.9, [2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client(1, &[]), "10.0.0.1");
        assert_eq!(client(3, &["1.1.1.1, 2.2.2.2"]), "10.0.0.1");
        assert_eq!(client(1, &["unknown"]), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_network_counts_as_one_client() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(network("::ffff:1.2.3.4").to_string(), "1.2.3.4");
    }
}
