//! What answers mean whose body says nothing that a provider's own rules know.

use crate::provider::{Answer, Connected, Grants};
use lexicontract::connectors::Kind;
use std::time::Duration;

fn plain(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), body: "" }
}

fn with(status: u16, name: &'static str, value: &str) -> Answer {
    Answer { headers: vec![(name, value.to_owned())], ..plain(status) }
}

#[tokio::test]
async fn each_status_means_the_same_at_every_provider() {
    Connected::each(Grants::Keep, async |connected| {
        let page = "<html>We are down for maintenance.</html>";
        for (answer, expected) in [
            (plain(401), Kind::SessionExpired),
            (plain(403), Kind::Forbidden),
            (with(429, "Retry-After", "7"), Kind::RateLimited { retry_after: Duration::from_secs(7) }),
            // A provider may ask for a day; an hour is the most that is granted.
            (with(429, "Retry-After", "86400"), Kind::RateLimited { retry_after: Duration::from_secs(3_600) }),
            (plain(500), Kind::Unavailable),
            (plain(502), Kind::Unavailable),
            (plain(503), Kind::Unavailable),
            (Answer { body: page, ..plain(200) }, Kind::Unavailable),
            (Answer { body: page, ..plain(503) }, Kind::Unavailable),
            (Answer { body: "[]]", ..plain(200) }, Kind::Unexpected),
            (with(302, "Location", "https://evil.example/services"), Kind::HostNotAllowed),
            (with(307, "Location", "http://169.254.169.254/latest/meta-data"), Kind::HostNotAllowed),
        ] {
            connected.simulator.answer_next_with(answer.clone());
            let error = connected.deals().deal(&connected.call(), &connected.simulator.deal()).await.unwrap_err();
            assert_eq!(error.kind, expected, "{} {answer:?}: {error}", connected.connector.slug);
            let said = format!("{error} {}", error.sentence());
            assert!(!said.contains(connected.tokens.access_token.expose().as_str()), "{said}");
        }
        connected.simulator.answer_next_with(plain(429));
        let error = connected.deals().deal(&connected.call(), &connected.simulator.deal()).await.unwrap_err();
        assert!(matches!(error.kind, Kind::RateLimited { retry_after } if !retry_after.is_zero()), "{error}");
        connected.deals().deal(&connected.call(), &connected.simulator.deal()).await.unwrap();
    })
    .await;
}
