//! Whether deliveries can be taken. The answer is kept for a moment: anyone may ask, and asking writes.

use lexicontract::hub::Hub;
use std::time::Duration;
use tokio::{sync::Mutex, time::Instant};

/// How long the database may take: less than those who ask wait for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(1);

/// The last answer.
#[derive(Default)]
pub struct Readiness {
    last: Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    /// Whether the database takes what is written. Those who ask at once share one try.
    pub async fn ask(&self, hub: &Hub) -> bool {
        let mut last = self.last.lock().await;
        match *last {
            Some((at, answer)) if at.elapsed() < HOLDS => answer,
            _ => {
                let answer = tokio::time::timeout(PATIENCE, hub.can_write()).await.is_ok_and(|answer| answer.is_ok());
                *last = Some((Instant::now(), answer));
                answer
            }
        }
    }
}
