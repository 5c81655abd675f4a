//! Tests webhook calls while the database is unavailable: locked by another program (SQLite) or restarted (PostgreSQL).

use crate::check;
use crate::driver::{note_answer, pause};
use crate::fixture::{Fixture, Setting};
use crate::ledger::Ledger;
use crate::report::Report;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Duration of the lock on SQLite. A call waits for the writer connection and then for the file lock, each with a timeout. The
/// lock lasts longer than both timeouts together, so that calls fail.
const LOCKED: Duration = Duration::from_secs(12);
const RESTARTS: usize = 3;
const CLIENTS: u64 = 8;
/// Time limit for the first accepted call after an outage.
const BACK_WITHIN: Duration = Duration::from_secs(10);
const DRAIN: Duration = Duration::from_secs(90);

/// Calls the webhook before, during and after an outage. Every response must have the status 202 or 503, and 503 responses must
/// have a `Retry-After` header. Accepted deliveries must not be lost.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    let (fixture, first) = setting.fixture("outages").await?;
    let servers = fixture.start_all(vec![first]).await?;
    let ledger = Arc::new(Ledger::default());
    let mut callers = Callers::start(&fixture, &ledger);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = ledger.lines().accepted.len();
    match &setting.postgres {
        None => lock(&fixture, report).await?,
        Some(folder) => restart(folder, report).await?,
    }
    let back = until_accepted(&ledger).await;
    callers.stop().await;
    {
        let lines = ledger.lines();
        report.did(format!(
            "{} accepted before, {} in all, {} told to come back, {} cut off",
            before,
            lines.accepted.len(),
            lines.put_off,
            lines.unanswered
        ));
    }
    let put_off = ledger.lines().put_off;
    if setting.postgres.is_none() {
        report.invariant(
            "calls get 503 with Retry-After during the outage",
            put_off > 0,
            format!("{put_off} answers 503 with Retry-After"),
        );
    }
    report.invariant(
        "calls are accepted again without a restart",
        back <= BACK_WITHIN,
        format!("{:.1} s after", back.as_secs_f64()),
    );
    let is_done = fixture.wait_until_done(DRAIN).await?;
    report.invariant("everything that was accepted comes to its end", is_done, "");
    for server in servers {
        server.stop().await?;
    }
    check::everything(&fixture, &ledger, report).await
}

async fn lock(fixture: &Fixture, report: &Report) -> Outcome<()> {
    let url = fixture.plan.environment.get("DATABASE_URL").ok_or("no database")?;
    let mut other = SqliteConnection::connect(url).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await?;
    report.did(format!("another program holds the database for {} s", LOCKED.as_secs()));
    tokio::time::sleep(LOCKED).await;
    sqlx::query("ROLLBACK").execute(&mut other).await?;
    Ok(other.close().await?)
}

async fn restart(folder: &Path, report: &Report) -> Outcome<()> {
    for _ in 0..RESTARTS {
        let status = tokio::process::Command::new("scripts/lib/postgres.sh").arg("restart").arg(folder).status().await?;
        if !status.success() {
            return Err("PostgreSQL did not restart".into());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    report.did(format!("PostgreSQL was killed and started again {RESTARTS} times"));
    Ok(())
}

/// Returns the time from now until a new call is accepted.
async fn until_accepted(ledger: &Ledger) -> Duration {
    let began = Instant::now();
    let before = ledger.lines().accepted.len();
    while ledger.lines().accepted.len() == before && began.elapsed() < BACK_WITHIN * 3 {
        pause().await;
    }
    began.elapsed()
}

/// Clients that call the webhook repeatedly. Each client waits for the response before it sends its next call.
pub struct Callers(JoinSet<()>);

impl Callers {
    pub fn start(fixture: &Fixture, ledger: &Arc<Ledger>) -> Self {
        let mut tasks = JoinSet::new();
        for client in 0..CLIENTS {
            let (account, ledger) = (fixture.account.clone(), ledger.clone());
            let addresses = fixture.addresses.clone();
            let opportunities: Vec<String> = (0..400)
                .map(|number| {
                    salesforce::opportunity(&fixture.simulator, &format!("Deal {client}-{number}"), salesforce::UNREADABLE)
                })
                .collect();
            tasks.spawn(async move {
                for (number, id) in opportunities.iter().enumerate() {
                    ledger.lines().named.insert(id.clone());
                    let address = addresses[number % addresses.len()];
                    let answer = async { Wire::connect(address).await?.send(&account.call(id)).await };
                    match answer.await {
                        Ok(answer) => note_answer(&ledger, &answer),
                        Err(_) => ledger.lines().unanswered += 1,
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            });
        }
        Self(tasks)
    }

    /// Aborts the clients. The ledger does not record the responses to calls in progress.
    pub async fn stop(&mut self) {
        self.0.shutdown().await;
    }
}
