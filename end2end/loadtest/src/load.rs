use crate::Outcome;
use crate::latencies::Latencies;
use crate::wire::Wire;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Latencies of the responses with the expected status.
    pub latencies: Latencies,
    /// Number of responses with an unexpected status.
    pub refused: u64,
    pub took: Duration,
}

impl Load {
    /// Returns the number of responses with the expected status per second.
    pub fn rate(&self) -> f64 {
        self.latencies.count() as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// Function that returns the bytes of a request. Its argument is the sequence number of the request.
pub type Make = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// Sends requests at full speed: each connection sends its next request as soon as it has received a response.
pub async fn at_full_speed(address: SocketAddr, connections: usize, lasting: Duration, status: u16, make: Make) -> Outcome<Load> {
    let (began, numbers) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (numbers, make) = (numbers.clone(), make.clone());
        tasks.spawn(async move {
            let mut wire = Wire::connect(address).await?;
            let mut load = Load::default();
            while began.elapsed() < lasting {
                let request = make(numbers.fetch_add(1, Ordering::Relaxed));
                let sent = Instant::now();
                let answer = wire.send_and_count(&request).await?;
                load.note(answer.status == status, sent.elapsed());
            }
            Ok(load)
        });
    }
    gather(tasks, began).await
}

/// Sends `rate` requests per second at planned times. Latencies are measured from the planned time. If the server stalls, the
/// latency of a later request includes its wait before it is sent.
pub async fn at_a_rate(address: SocketAddr, rate: u32, lasting: Duration, status: u16, make: Make) -> Outcome<Load> {
    const CONNECTIONS: u32 = 64;
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let make = make.clone();
        tasks.spawn(async move {
            let mut wire = Wire::connect(address).await?;
            let mut load = Load::default();
            for number in (connection..).step_by(CONNECTIONS as usize) {
                let due = Duration::from_secs(1) * number / rate;
                if due >= lasting {
                    break;
                }
                tokio::time::sleep_until((began + due).into()).await;
                let answer = wire.send_and_count(&make(u64::from(number))).await?;
                load.note(answer.status == status, began.elapsed() - due);
            }
            Ok(load)
        });
    }
    gather(tasks, began).await
}

async fn gather(mut tasks: JoinSet<Outcome<Load>>, began: Instant) -> Outcome<Load> {
    let mut all = Load::default();
    while let Some(load) = tasks.join_next().await {
        let load = load??;
        all.refused += load.refused;
        all.latencies.extend(load.latencies);
    }
    all.took = began.elapsed();
    Ok(all)
}

impl Load {
    fn note(&mut self, is_wanted: bool, took: Duration) {
        match is_wanted {
            true => self.latencies.add(took),
            false => self.refused += 1,
        }
    }
}
