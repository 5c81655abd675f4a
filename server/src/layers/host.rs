//! Protection against DNS rebinding: rejects requests whose host is not accepted. The accepted hosts are the public host and,
//! behind a proxy that rewrites `Host`, the listen address.

use crate::api::problem::ApiError;
use crate::pages::is_page;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, LOCATION};
use http::uri::Authority;
use http::{HeaderValue, StatusCode};
use lexicontract::config::{Config, is_loopback};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;
use std::net::{IpAddr, SocketAddr};
use std::sync::Once;
use url::Url;

/// Paths that accept any host, because load balancers and Prometheus can use any address of the server. The handler of `/metrics`
/// checks the host if no token is configured.
const ANY_HOST: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

static WARNED: Once = Once::new();

#[derive(Clone, Copy, Debug)]
pub struct LocalAddress(pub SocketAddr);

/// Redirects page requests with another host to the public address, and rejects all other requests with another host.
pub async fn check(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let config = hub.config();
    if ANY_HOST.contains(&request.uri().path()) || is_own(&request, config) {
        return next.run(request).await;
    }
    WARNED.call_once(|| {
        let host = request.headers().get(HOST);
        tracing::warn!(?host, "a request named another host than `PUBLIC_URL`; a proxy in front must pass on the header `Host`");
    });
    if is_page(&request) {
        return (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, public_address(&request, config))]).into_response();
    }
    ApiError::from(Problem::MisdirectedRequest).into_response()
}

/// True if the host of a request is a loopback name or address.
pub fn names_loopback(request: &Request) -> bool {
    let url = authority(request).and_then(|host| Url::parse(&format!("http://{host}")).ok());
    url.is_some_and(|url| is_loopback(&url))
}

fn is_own(request: &Request, config: &Config) -> bool {
    let Some(authority) = authority(request) else { return false };
    is_public(&authority, &config.public_url) || (!is_loopback(&config.public_url) && is_listened_on(&authority, request, config))
}

fn is_public(authority: &Authority, public_url: &Url) -> bool {
    let default = if public_url.scheme() == "https" { HTTPS_PORT } else { HTTP_PORT };
    let is_host = public_url.host_str().is_some_and(|host| authority.host().eq_ignore_ascii_case(host));
    is_host && port(authority, default) == public_url.port_or_known_default()
}

/// True if the authority is the local address of the connection, or the listen address if the local address is unknown.
fn is_listened_on(authority: &Authority, request: &Request, config: &Config) -> bool {
    let address = request.extensions().get::<LocalAddress>().map_or(config.listen, |address| address.0);
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.is_ok_and(|host| host.to_canonical() == address.ip().to_canonical())
        && port(authority, HTTP_PORT) == Some(address.port())
}

/// The port of the authority, or `default` if the authority has no port. `None` if the port is malformed.
fn port(authority: &Authority, default: u16) -> Option<u16> {
    match authority.as_str().get(authority.host().len()..)? {
        "" => Some(default),
        port => port.strip_prefix(':')?.parse().ok(),
    }
}

/// The host from `Host` or the request target. `None` if `Host` is repeated or contradicts the target.
fn authority(request: &Request) -> Option<Authority> {
    let mut headers = request.headers().get_all(HOST).iter();
    let header = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(host), None) => Some(Authority::try_from(host.as_bytes()).ok()?),
        (Some(_), Some(_)) => return None,
    };
    let named = match (request.uri().authority().cloned(), header) {
        (Some(named), Some(header)) if named != header => return None,
        (named, header) => named.or(header)?,
    };
    (!named.as_str().contains('@')).then_some(named)
}

fn public_address(request: &Request, config: &Config) -> HeaderValue {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let start = || HeaderValue::from_str(config.public_url.as_str()).unwrap_or(HeaderValue::from_static("/"));
    HeaderValue::from_str(&config.public(target)).unwrap_or_else(|_| start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(hosts: &[&str], uri: &str) -> Request {
        let builder = hosts.iter().fold(Request::get(uri), |builder, host| builder.header(HOST, *host));
        builder.body(Body::empty()).unwrap()
    }

    fn config(settings: &[(&str, &str)]) -> Config {
        let key = ("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
        let find = |name: &str| settings.iter().chain([&key]).find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::read(find).unwrap()
    }

    fn own(settings: &[(&str, &str)], hosts: &[&str], uri: &str) -> bool {
        is_own(&request(hosts, uri), &config(settings))
    }

    #[test]
    fn the_public_host_and_behind_a_proxy_the_listen_address_are_accepted() {
        let remote = [("PUBLIC_URL", "https://contracts.example.com"), ("LEPTOS_SITE_ADDR", "10.0.0.5:3000")];
        for (host, is_own) in [
            ("contracts.example.com", true),
            ("CONTRACTS.example.com:443", true),
            ("10.0.0.5:3000", true),
            ("contracts.example.com:3000", false),
            ("contracts.example.com:", false),
            ("contracts.example.com:99999", false),
            ("contracts.example.com.", false),
            ("contracts.example.com.evil.example", false),
            ("ada@contracts.example.com", false),
            ("10.0.0.5", false),
            ("10.0.0.6:3000", false),
            ("127.0.0.1:3000", false),
            ("localhost:3000", false),
            ("evil.example", false),
            ("", false),
        ] {
            assert_eq!(own(&remote, &[host], "/"), is_own, "{host}");
        }
        assert!(!own(&remote, &[], "/") && !own(&remote, &["contracts.example.com", "evil.example"], "/"));
        let any = [("PUBLIC_URL", "https://contracts.example.com"), ("LEPTOS_SITE_ADDR", "[::]:3000")];
        let mut made_to = request(&["192.0.2.7:3000"], "/");
        made_to.extensions_mut().insert(LocalAddress("[::ffff:192.0.2.7]:3000".parse().unwrap()));
        assert!(is_own(&made_to, &config(&any)));
    }

    #[test]
    fn a_local_server_accepts_only_its_public_host() {
        let local = [("PUBLIC_URL", "http://localhost:3000"), ("LEPTOS_SITE_ADDR", "127.0.0.1:3000")];
        assert!(own(&local, &["localhost:3000"], "/"));
        for host in ["127.0.0.1:3000", "localhost", "app.localhost:3000", "[::1]:3000"] {
            assert!(!own(&local, &[host], "/"), "{host}");
        }
        assert!(own(&[], &["127.0.0.1:3000"], "/") && own(&[("PUBLIC_URL", "http://[::1]:3000")], &["[::1]:3000"], "/"));
    }

    #[test]
    fn a_host_in_the_target_is_used_unless_the_header_contradicts_it() {
        let remote = [("PUBLIC_URL", "https://contracts.example.com")];
        assert!(own(&remote, &[], "https://contracts.example.com/x"));
        assert!(own(&remote, &["contracts.example.com"], "http://contracts.example.com/x"));
        assert!(!own(&remote, &["contracts.example.com"], "http://evil.example/x"));
        assert!(!own(&remote, &["evil.example"], "http://contracts.example.com/x"));
    }

    #[test]
    fn loopback_hosts_are_recognized_by_name_and_address() {
        for host in ["127.0.0.1:3000", "localhost", "[::1]:9", "127.9.9.9"] {
            assert!(names_loopback(&request(&[host], "/metrics")), "{host}");
        }
        for host in ["app.example", "10.0.0.1", "localhost.example", "127.0.0.1.example", "x@127.0.0.1", ""] {
            assert!(!names_loopback(&request(&[host], "/metrics")), "{host}");
        }
        assert!(!names_loopback(&request(&[], "/metrics")));
    }
}
