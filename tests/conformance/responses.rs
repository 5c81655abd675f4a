//! Error kinds of responses that match no provider-specific error rule.

use crate::provider::{Connected, Grants, Response};
use lexicontract::connectors::Kind;
use lexicontract::domain::connection::deal::TriggerRule;
use std::time::Duration;

fn rule() -> TriggerRule {
    TriggerRule::of_stages(Vec::new())
}

fn plain(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: "" }
}

fn with(status: u16, name: &'static str, value: &str) -> Response {
    Response { headers: vec![(name, value.to_owned())], ..plain(status) }
}

#[tokio::test]
async fn statuses_map_to_the_same_kinds_for_every_provider() {
    Connected::each(Grants::Keep, async |connected| {
        let page = "<html>We are down for maintenance.</html>";
        for (response, expected) in [
            (plain(401), Kind::SessionExpired),
            (plain(403), Kind::Forbidden),
            (with(429, "Retry-After", "7"), Kind::RateLimited { retry_after: Duration::from_secs(7) }),
            // The connector limits the delay to one hour.
            (with(429, "Retry-After", "86400"), Kind::RateLimited { retry_after: Duration::from_secs(3_600) }),
            (plain(500), Kind::Unavailable),
            (plain(502), Kind::Unavailable),
            (plain(503), Kind::Unavailable),
            (Response { body: page, ..plain(200) }, Kind::Unavailable),
            (Response { body: page, ..plain(503) }, Kind::Unavailable),
            (Response { body: "[]]", ..plain(200) }, Kind::Unexpected),
            (with(302, "Location", "https://evil.example/services"), Kind::HostNotAllowed),
            (with(307, "Location", "http://169.254.169.254/latest/meta-data"), Kind::HostNotAllowed),
        ] {
            connected.simulator.respond_next_with(response.clone());
            let error = connected.deals().deal(&connected.call(), &rule(), &connected.simulator.deal()).await.unwrap_err();
            assert_eq!(error.kind, expected, "{} {response:?}: {error}", connected.connector.slug);
            let texts = format!("{error} {}", error.user_message());
            assert!(!texts.contains(connected.tokens.access_token.expose().as_str()), "{texts}");
        }
        connected.simulator.respond_next_with(plain(429));
        let error = connected.deals().deal(&connected.call(), &rule(), &connected.simulator.deal()).await.unwrap_err();
        assert!(matches!(error.kind, Kind::RateLimited { retry_after } if !retry_after.is_zero()), "{error}");
        connected.deals().deal(&connected.call(), &rule(), &connected.simulator.deal()).await.unwrap();
    })
    .await;
}
