//! Kills servers at random moments and at fail points, while clients call the webhook, close connections early, and change the
//! statuses of contracts.

use crate::check;
use crate::database::Database;
use crate::driver::Clients;
use crate::fixture::{Fixture, Setting};
use crate::ledger::Ledger;
use crate::report::Report;
use loadtest::Outcome;
use loadtest::chance::Chance;
use loadtest::latencies::Latencies;
use loadtest::server::Server;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Fail points: named steps at which a debug build kills itself.
const STEPS: [&str; 12] = [
    "ingestion-storing",
    "ingestion-stored",
    "job-claimed",
    "ingest-read",
    "ingest-copied",
    "ingest-storing",
    "ingest-stored",
    "analysis-begun",
    "analysis-read",
    "analysis-storing",
    "status-written",
    "job-settling",
];
/// Time after which a server is killed even if it has not reached its fail point.
const STEP_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum time from a restart until all interrupted jobs are claimed again.
const RECOVERY: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Time limit for finishing all jobs and deliveries after the last kill.
const DRAIN: Duration = Duration::from_secs(180);

/// Kills servers for the duration `lasting`, waits until all jobs and deliveries are finished, and checks the invariants.
pub async fn run(setting: &Setting, lasting: Duration, rate: u64, report: &mut Report) -> Outcome<()> {
    let (fixture, first) = setting.fixture("kills").await?;
    let mut servers = fixture.start_all(vec![first]).await?;
    let ledger = Arc::new(Ledger::default());
    let mut chance = Chance::new(setting.seed);
    let opportunities = usize::try_from(rate * lasting.as_secs())?;
    let clients = Clients::new(&fixture, &ledger, opportunities.max(10));
    let until = Instant::now() + lasting;
    let mut tasks = JoinSet::new();
    tasks.spawn(clients.clone().call(Chance::new(chance.bits()), rate, until));
    tasks.spawn(clients.change_statuses(Chance::new(chance.bits()), until));

    let mut kills = Kills::default();
    while Instant::now() < until {
        kills.kill_one(&fixture, &mut servers, &mut chance, setting.has_fail_points).await?;
    }
    while tasks.join_next().await.is_some() {}
    let recoveries = kills.finish().await?;
    {
        let lines = ledger.lines();
        report.did(format!(
            "{} calls answered, {} hung up or cut off, {} told to come back; {} deliveries accepted",
            lines.answered,
            lines.unanswered,
            lines.put_off,
            lines.accepted.len()
        ));
    }
    report.did(format!("{} servers killed at random, {} at steps: {}", kills.random, kills.at_steps.len(), kills.steps()));
    let began = Instant::now();
    let is_done = fixture.wait_until_done(DRAIN).await?;
    report.invariant(
        "everything that was accepted comes to its end",
        is_done,
        format!("{} s after the last kill", began.elapsed().as_secs()),
    );
    let worst = recoveries.longest();
    let evidence = format!(
        "p50 {:.1} s, longest {:.1} s, of {}",
        recoveries.percentile(50.0).as_secs_f64(),
        worst.as_secs_f64(),
        recoveries.count()
    );
    report.invariant("interrupted work continues within 30 s of a restart", worst <= RECOVERY, evidence);
    for server in servers {
        server.stop().await?;
    }
    check::everything(&fixture, &ledger, report).await
}

#[derive(Default)]
struct Kills {
    random: usize,
    at_steps: Vec<&'static str>,
    next_step: usize,
    recoveries: JoinSet<Outcome<Duration>>,
}

impl Kills {
    /// Kills a server at a random moment or at the next fail point, and starts it again.
    async fn kill_one(
        &mut self,
        fixture: &Fixture,
        servers: &mut Vec<Server>,
        chance: &mut Chance,
        has_steps: bool,
    ) -> Outcome<()> {
        let number = usize::try_from(chance.between(0, servers.len() as u64))?;
        let mut server = servers.swap_remove(number);
        let address = server.address;
        if has_steps && !chance.once_in(3) {
            // Replaces the running server with a server that kills itself at a fail point.
            server.kill().await?;
            let step = STEPS[self.next_step % STEPS.len()];
            self.next_step += 1;
            let armed = format!("{step}:kill:{}", chance.between(1, 4));
            server = fixture.plan.launch(address, &[("LEXICONTRACT_FAIL_POINT", &armed)])?;
            match server.wait(STEP_TIMEOUT).await? {
                Some(_) => self.at_steps.push(step),
                None => {
                    self.random += 1;
                    server.kill().await?;
                }
            }
        } else {
            tokio::time::sleep(Duration::from_millis(chance.between(200, 2_000))).await;
            self.random += 1;
            server.kill().await?;
        }
        let cut_off = fixture.database.pairs("SELECT id, coalesce(lease, '') FROM jobs WHERE status = 'running'").await?;
        servers.push(fixture.plan.start(address, &[]).await?);
        self.recoveries.spawn(recovery(fixture.database.clone(), cut_off));
        Ok(())
    }

    fn steps(&self) -> String {
        let mut steps = self.at_steps.clone();
        steps.sort_unstable();
        steps.dedup();
        steps.join(", ")
    }

    async fn finish(&mut self) -> Outcome<Latencies> {
        let mut all = Vec::new();
        while let Some(recovery) = self.recoveries.join_next().await {
            all.push(recovery??);
        }
        Ok(all.into_iter().collect())
    }
}

/// Waits until each job that a kill interrupted has ended or is claimed again, and returns the elapsed time. `cut_off` contains
/// the ids and leases of these jobs. Stops waiting after twice the time limit `RECOVERY`.
pub async fn recovery(database: Database, cut_off: Vec<(String, String)>) -> Outcome<Duration> {
    let began = Instant::now();
    loop {
        let running = database.pairs("SELECT id, coalesce(lease, '') FROM jobs WHERE status = 'running'").await?;
        if !cut_off.iter().any(|claim| running.contains(claim)) || began.elapsed() > RECOVERY * 2 {
            return Ok(began.elapsed());
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
