//! Webhook secrets with extra characters, such as quotes. The caller gets 401, and the log contains a hint for the operator.

use super::log::Log;
use crate::support::call::Call;
use crate::support::salesforce::Connected;
use lexicontract::domain::ids::ConnectionId;
use serde_json::json;
use std::time::Duration;
use tracing::Level;

fn hints(log: &Log) -> Vec<String> {
    log.text().lines().filter(|line| line.contains("`X-Webhook-Secret`")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_secret_in_quotes_is_rejected_and_logged_once() {
    let (log, _capture) = Log::capture(Level::INFO);
    let connected = Connected::start(&[]).await;
    let body = json!({"OrganizationId": connected.organization(), "OpportunityId": "006ak00000OQ4Rx"});
    let send = async |secret: &str| {
        let call = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", secret).json(&body);
        let answer = connected.server.send(call).await;
        // Waits for the separate task that logs the hint.
        tokio::time::sleep(Duration::from_millis(200)).await;
        (answer.status, answer.body)
    };
    let wrong = send("\"lcwh_wrong\"").await;
    assert_eq!((wrong.0, hints(&log)), (401, Vec::<String>::new()), "a stranger's value is no hint");
    for pasted in [
        format!("\"{}\"", connected.secret),
        format!("{}\u{a0}", connected.secret),
        format!("{}\u{200b}", connected.secret),
        format!("Bearer {}", connected.secret),
    ] {
        assert_eq!(send(&pasted).await, wrong, "{pasted}");
        let found = hints(&log);
        assert_eq!(found.len(), 1, "one for the connection within the hour");
        let id: ConnectionId = connected.connection["id"].as_str().unwrap().parse().unwrap();
        assert!(found[0].contains("is in quotes") && found[0].contains(id.as_str()), "{found:?}");
    }
    assert!(!log.text().contains(&connected.secret), "the secret is not logged");
    assert_eq!(send(&connected.secret).await.0, 202);
}
