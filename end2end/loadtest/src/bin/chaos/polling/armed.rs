//! Servers that kill themselves at fail points, or are killed at random moments, and are then started again.

use crate::driver::pause;
use crate::fixture::Fixture;
use crate::kills::recovery;
use crate::report::Report;
use loadtest::Outcome;
use loadtest::chance::Chance;
use loadtest::server::Server;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;

const STEPS: [&str; 7] =
    ["job-claimed", "poll-storing", "ingest-storing", "poll-stored", "status-written", "ingest-read", "ingest-stored"];
/// Time after which a server is killed if it has not reached its fail point. Fail points of a poll have a longer timeout, because
/// a server reaches them only when a poll is due.
const STEP_TIMEOUT: Duration = Duration::from_secs(6);
const POLL_STEP_TIMEOUT: Duration = Duration::from_secs(34);
const TIMEOUT: Duration = Duration::from_secs(10);
const FIRST_KILLS: Duration = Duration::from_secs(2);
/// A server kills itself when it reaches its fail point for the N-th time. N is random and less than this limit. At the fail
/// points of a poll, N is 1.
const MAX_PASSES: u64 = 30;
const POLL: &str = "poll-";
const MAX_STARTS: usize = 20;
const RUNNING_POLLS: &str = "SELECT id, coalesce(lease, '') FROM jobs WHERE status = 'running' AND kind = 'poll'";

/// Start and end of a period in which no poll can finish, in milliseconds since 1970.
pub type Outage = (i64, i64);

pub struct Armed<'f> {
    fixture: &'f Fixture,
    chance: Chance,
    has_steps: bool,
    next_step: usize,
    random: usize,
    at_steps: BTreeMap<&'static str, usize>,
    /// Periods in which no server runs.
    downtimes: Vec<Outage>,
    /// Tasks that wait until interrupted polls are claimed again. Each task returns the period from the kill to the new claim.
    interruptions: JoinSet<Outcome<Outage>>,
}

struct Slot {
    server: Server,
    step: &'static str,
    kill_at: Instant,
}

impl<'f> Armed<'f> {
    pub fn new(fixture: &'f Fixture, seed: u64, has_steps: bool) -> Self {
        let (chance, at_steps) = (Chance::new(seed), BTreeMap::new());
        let (downtimes, interruptions) = (Vec::new(), JoinSet::new());
        Self { fixture, chance, has_steps, next_step: 0, random: 0, at_steps, downtimes, interruptions }
    }

    /// Kills and restarts the servers until the time `until`. Returns servers without fail points.
    pub async fn run(&mut self, servers: Vec<Server>, until: Instant) -> Outcome<Vec<Server>> {
        let slot = |(server, number)| Slot { server, step: "", kill_at: Instant::now() + FIRST_KILLS * number };
        let mut slots: Vec<Slot> = servers.into_iter().zip(1..).map(slot).collect();
        while Instant::now() < until {
            for slot in &mut slots {
                let has_died = slot.server.wait(Duration::ZERO).await?.is_some();
                if has_died || Instant::now() >= slot.kill_at {
                    self.restart(slot, has_died, true).await?;
                }
            }
            pause().await;
        }
        for slot in &mut slots {
            let has_died = slot.server.wait(Duration::ZERO).await?.is_some();
            self.restart(slot, has_died, false).await?;
        }
        Ok(slots.into_iter().map(|slot| slot.server).collect())
    }

    /// Kills a server unless it has died at its fail point, and starts it again. Records the period from the end of the server
    /// until all interrupted polls are claimed again. If there is no other server, also records the period until the new server
    /// is ready.
    async fn restart(&mut self, slot: &mut Slot, has_died: bool, is_armed: bool) -> Outcome<()> {
        if has_died {
            *self.at_steps.entry(slot.step).or_default() += 1;
        } else {
            self.random += 1;
            slot.server.signal(Signal::KILL)?;
            slot.server.wait(TIMEOUT).await?.ok_or("a killed server did not end")?;
        }
        let died_at = now()?;
        let cut_off = self.fixture.database.pairs(RUNNING_POLLS).await?;
        let recovery = recovery(self.fixture.database.clone(), cut_off);
        self.interruptions.spawn(async move { recovery.await.and_then(|_| Ok((died_at, now()?))) });
        for _ in 0..MAX_STARTS {
            self.launch(slot, is_armed)?;
            // A server can reach its fail point before it is ready.
            if slot.server.wait_until_ready().await.is_ok() {
                if self.fixture.addresses.len() == 1 {
                    self.downtimes.push((died_at, now()?));
                }
                return Ok(());
            }
            *self.at_steps.entry(slot.step).or_default() += 1;
        }
        Err("the server did not start".into())
    }

    fn launch(&mut self, slot: &mut Slot, is_armed: bool) -> Outcome<()> {
        let (step, timeout) = if is_armed { self.step() } else { Default::default() };
        let passes = if step.starts_with(POLL) { 1 } else { self.chance.between(1, MAX_PASSES) };
        let armed = format!("{step}:kill:{passes}");
        let variables = [("LEXICONTRACT_FAIL_POINT", armed.as_str())];
        slot.server = self.fixture.plan.launch(slot.server.address, if step.is_empty() { &[] } else { &variables })?;
        (slot.step, slot.kill_at) = (step, Instant::now() + timeout);
        Ok(())
    }

    /// Returns the next fail point and its timeout. Sometimes there is no fail point.
    fn step(&mut self) -> (&'static str, Duration) {
        let step = STEPS[self.next_step % STEPS.len()];
        if !self.has_steps || self.chance.once_in(6) {
            return ("", Duration::from_millis(self.chance.between(200, 4_000)));
        }
        self.next_step += 1;
        (step, if step.starts_with(POLL) { POLL_STEP_TIMEOUT } else { STEP_TIMEOUT })
    }

    /// Returns the outages, sorted by their start. Outages can overlap.
    pub async fn finish(mut self, report: &Report) -> Outcome<Vec<Outage>> {
        while let Some(interruption) = self.interruptions.join_next().await {
            self.downtimes.push(interruption??);
        }
        let steps: Vec<_> = self.at_steps.iter().map(|(step, count)| format!("{step} {count}")).collect();
        report.did(format!("{} servers killed at random; at steps: {}", self.random, steps.join(", ")));
        self.downtimes.sort_unstable();
        Ok(self.downtimes)
    }
}

fn now() -> Outcome<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}
