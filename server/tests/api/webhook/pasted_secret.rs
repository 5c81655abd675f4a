//! Webhook secrets with extra characters, such as quotes. The caller gets 401, and the log contains a hint for the operator.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use lexicontract::domain::ids::ConnectionId;
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

/// The log output of the test's thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn hints(&self) -> Vec<String> {
        self.text().lines().filter(|line| line.contains("`X-Webhook-Secret`")).map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_secret_in_quotes_is_rejected_and_logged_once() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
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
    assert_eq!((wrong.0, log.hints()), (401, Vec::<String>::new()), "a stranger's value is no hint");
    for pasted in [
        format!("\"{}\"", connected.secret),
        format!("{}\u{a0}", connected.secret),
        format!("{}\u{200b}", connected.secret),
        format!("Bearer {}", connected.secret),
    ] {
        assert_eq!(send(&pasted).await, wrong, "{pasted}");
        let hints = log.hints();
        assert_eq!(hints.len(), 1, "one for the connection within the hour");
        let id: ConnectionId = connected.connection["id"].as_str().unwrap().parse().unwrap();
        assert!(hints[0].contains("is in quotes") && hints[0].contains(id.as_str()), "{hints:?}");
    }
    assert!(!log.text().contains(&connected.secret), "the secret is not logged");
    assert_eq!(send(&connected.secret).await.0, 202);
}
