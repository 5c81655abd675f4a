//! Tests of the clock.

use crate::support::Setup;
use serde_json::json;

#[tokio::test]
async fn responses_carry_the_time_of_the_simulators_clock() {
    let setup = Setup::start().await;
    let date = async || {
        let response = setup.http.get(setup.url("/services/data/")).send().await.unwrap();
        chrono::DateTime::parse_from_rfc2822(response.headers()["date"].to_str().unwrap()).unwrap().to_utc()
    };
    let before = date().await;
    setup.control("clock", json!({ "advance_seconds": -86_400 })).await;
    let behind = date().await;
    assert!((23..=24).contains(&(before - behind).num_hours()), "{before} {behind}");
    setup.control("clock", json!({ "advance_seconds": 2 * 86_400 })).await;
    assert!((date().await - before).num_hours() >= 24);
    setup.control("faults", json!({ "path_contains": "/data/", "headers": { "Date": "Thu, 01 Jan 2026 00:00:00 GMT" } })).await;
    assert_eq!(date().await.to_rfc3339(), "2026-01-01T00:00:00+00:00");
}
