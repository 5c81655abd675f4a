//! Filing back: contracts are approved while servers are killed between the upload and the record of its result. Users put newer
//! files into some Opportunities at the same time.

use crate::driver::pause;
use crate::fixture::{Fixture, Setting};
use crate::report::Report;
use loadtest::chance::Chance;
use loadtest::salesforce::{self, UNREADABLE};
use loadtest::server::Server;
use loadtest::wire::{Wire, json_request};
use loadtest::{Outcome, account::Account};
use rustix::process::Signal;
use salesforce_simulator::Simulator;
use salesforce_simulator::state::files::{self, NewFile};
use salesforce_simulator::state::records::text;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const CONTRACTS: usize = 48;
/// A user puts a newer version into the file of every sixth Opportunity before its contract is approved.
const PER_NEWER: usize = 6;
/// Pause between two approvals.
const PAUSE: Duration = Duration::from_millis(250);
/// Servers are killed as long as contracts are approved.
const KILLS: Duration = Duration::from_secs(13);
const STEPS: [&str; 4] = ["filing-sent", "filing-recorded", "filing-sent", "job-settling"];
const STEP_TIMEOUT: Duration = Duration::from_secs(4);
const TIMEOUT: Duration = Duration::from_secs(60);
const NEWER: &[u8] = b"%PDF-1.7\nA newer file of a user.\n";
const OWN_PATH: &str = "LexiContract/";
const FILED: &str = "SELECT count(*) FROM filings WHERE status = 'filed'";

/// A deal whose contract is approved.
struct Deal {
    opportunity: String,
    contract: String,
    has_newer_file: bool,
}

pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    let (fixture, first) = setting.fixture("filing").await?;
    let address = first.address;
    let servers = fixture.start_all(vec![first]).await?;
    let settings = json!({ "file_back": { "on": ["approved"] }, "poll_seconds": 30 });
    let request = fixture.account.change_settings(&fixture.account.connection, &settings);
    Wire::connect(address).await?.send(&request).await?.expect(200)?;
    let deals = deals(&fixture, address).await?;

    let mut kills =
        Kills { chance: Chance::new(setting.seed), has_steps: setting.has_fail_points, at_steps: 0, random: 0, next: 0 };
    let until = Instant::now() + KILLS;
    let approvals = approve_all(&fixture.addresses, &fixture.account, &fixture.simulator, &deals);
    let (servers, ()) = tokio::try_join!(kills.run(&fixture, servers, until), approvals)?;
    report.did(format!("{CONTRACTS} contracts approved; {} servers killed at random, {} at steps", kills.random, kills.at_steps));
    let is_killed = !setting.has_fail_points || kills.at_steps > 0;
    report.invariant("servers were killed at the steps of a filing", is_killed, format!("{} times", kills.at_steps));
    let began = Instant::now();
    let is_done = fixture.wait_for(FILED, i64::try_from(CONTRACTS)?, TIMEOUT).await?;
    let evidence = format!("{} s after the last kill", began.elapsed().as_secs());
    report.invariant("each approved version is filed", is_done, evidence);
    check_files(&fixture.simulator, &deals, report);
    check_import(&fixture, address, &deals, report).await?;
    for server in servers {
        server.stop().await?;
    }
    Ok(())
}

/// Imports Opportunities, and adds an uploaded version to each contract.
async fn deals(fixture: &Fixture, server: SocketAddr) -> Outcome<Vec<Deal>> {
    let name = |number| format!("Filed deal {number}");
    let ids: Vec<String> =
        (0..CONTRACTS).map(|number| salesforce::opportunity(&fixture.simulator, &name(number), UNREADABLE)).collect();
    Wire::connect(server).await?.send(&fixture.account.call_about(&ids)).await?.expect(202)?;
    if !fixture.wait_until_done(TIMEOUT).await? {
        return Err("the contracts were not made".into());
    }
    let contracts = fixture.database.pairs("SELECT record_id, contract_id FROM contract_links ORDER BY id").await?;
    let mut deals = Vec::new();
    for (number, (opportunity, contract)) in contracts.into_iter().enumerate() {
        add_version(fixture, &contract, number).await?;
        deals.push(Deal { opportunity, contract, has_newer_file: number.is_multiple_of(PER_NEWER) });
    }
    Ok(deals)
}

/// Stores a copy of version 1 as an uploaded version 2.
async fn add_version(fixture: &Fixture, contract: &str, number: usize) -> Outcome<()> {
    let sql = format!("SELECT id, organization_id FROM contract_versions WHERE contract_id = '{contract}'");
    let (version, organization) = fixture.database.pairs(&sql).await?.pop().ok_or("a contract without a version")?;
    let folder = fixture.files.join(organization);
    let copy = format!("ver_{number:032x}");
    std::fs::copy(folder.join(&version), folder.join(&copy))?;
    let columns = "organization_id, contract_id, file_name, content_type, size_bytes, sha256, md5, scan_status, created_at";
    let sql = format!(
        "INSERT INTO contract_versions (id, number, source, {columns})
         SELECT '{copy}', 2, 'upload', {columns} FROM contract_versions WHERE id = '{version}'"
    );
    fixture.database.execute(&sql).await
}

async fn approve_all(addresses: &[SocketAddr], account: &Account, simulator: &Simulator, deals: &[Deal]) -> Outcome<()> {
    for deal in deals {
        if deal.has_newer_file {
            put_newer_file(simulator, &deal.opportunity)?;
        }
        approve(addresses, account, &deal.contract).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Adds a version to the file of an Opportunity, as a user does.
fn put_newer_file(simulator: &Simulator, opportunity: &str) -> Outcome<()> {
    let modified_at = simulator.production().record_time();
    let mut state = simulator.production().state();
    let file = files::of_record(&state, opportunity).into_iter().next().ok_or("an Opportunity without a file")?;
    let document = file["document_id"].as_str().ok_or("a file without a document")?;
    let newer = NewFile { file_name: "Newer.pdf".to_owned(), bytes: NEWER.into(), modified_at, ..NewFile::default() };
    files::add_version(&mut state, document, &newer).map(drop).ok_or_else(|| "a file without a document".into())
}

/// Repeats the request until a server has answered it.
async fn approve(addresses: &[SocketAddr], account: &Account, contract: &str) -> Outcome<()> {
    let (path, bearer) = (format!("/api/v1/contracts/{contract}/status"), format!("Bearer {}", account.token));
    let body = json!({ "negotiation_status": "approved" });
    let request = json_request("PUT", &path, &[("authorization", &bearer)], &body);
    let began = Instant::now();
    while began.elapsed() < TIMEOUT {
        for address in addresses {
            let Ok(mut wire) = Wire::connect(*address).await else { continue };
            if wire.send(&request).await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
        }
        pause().await;
    }
    Err("no server accepted the status".into())
}

/// A running server, and the time at which it is killed if it has not reached its fail point.
struct Slot {
    server: Server,
    kill_at: Instant,
}

struct Kills {
    chance: Chance,
    has_steps: bool,
    at_steps: usize,
    random: usize,
    next: usize,
}

impl Kills {
    /// Kills and restarts servers until the time `until`. Returns servers without fail points.
    async fn run(&mut self, fixture: &Fixture, servers: Vec<Server>, until: Instant) -> Outcome<Vec<Server>> {
        for server in servers {
            server.kill().await?;
        }
        let mut slots = fixture.addresses.iter().map(|address| self.launch(fixture, *address)).collect::<Outcome<Vec<_>>>()?;
        while Instant::now() < until {
            for slot in &mut slots {
                if slot.server.wait(Duration::ZERO).await?.is_some() {
                    self.at_steps += 1;
                } else if Instant::now() >= slot.kill_at {
                    self.random += 1;
                    slot.server.signal(Signal::KILL)?;
                    slot.server.wait(TIMEOUT).await?.ok_or("a killed server did not end")?;
                } else {
                    continue;
                }
                *slot = self.launch(fixture, slot.server.address)?;
            }
            pause().await;
        }
        for slot in slots {
            slot.server.kill().await?;
        }
        fixture.start_all(Vec::new()).await
    }

    /// Starts a server that kills itself at the next fail point, without waiting until it is ready.
    fn launch(&mut self, fixture: &Fixture, address: SocketAddr) -> Outcome<Slot> {
        let step = STEPS[self.next % STEPS.len()];
        self.next += 1;
        let armed = format!("{step}:kill:{}", self.chance.between(1, 4));
        let variables = [("LEXICONTRACT_FAIL_POINT", armed.as_str())];
        let server = fixture.plan.launch(address, if self.has_steps { &variables } else { &[] })?;
        Ok(Slot { server, kill_at: Instant::now() + STEP_TIMEOUT })
    }
}

/// Checks that each version is in Salesforce once, and that the newer files of users are the latest versions of their documents.
fn check_files(simulator: &Simulator, deals: &[Deal], report: &mut Report) {
    let state = simulator.production().state();
    let (mut copies, mut wrong, mut hidden) = (0, 0, 0);
    for deal in deals {
        let listed = files::of_record(&state, &deal.opportunity);
        let documents: Vec<&str> = listed.iter().filter_map(|file| file["document_id"].as_str()).collect();
        let versions: Vec<_> = documents.iter().map(|document| files::versions_of(&state, document)).collect();
        let filed = versions.iter().flatten().filter(|version| text(version, "PathOnClient").starts_with(OWN_PATH)).count();
        copies += filed;
        wrong += usize::from(filed != 1);
        let is_newer = |id: &str| state.records.bytes(id).is_some_and(|bytes| bytes == NEWER);
        let has_latest = listed.iter().any(|file| file["version_id"].as_str().is_some_and(is_newer));
        hidden += usize::from(deal.has_newer_file && !has_latest);
        wrong += usize::from(!deal.has_newer_file && documents.len() != 1);
    }
    let evidence = format!("{copies} files for {} contracts, {wrong} wrong", deals.len());
    report.invariant("each version is in Salesforce once, as a version of the contract's file", wrong == 0, evidence);
    report.invariant("no newer file of a user is hidden", hidden == 0, format!("{hidden} hidden"));
}

/// Delivers all Opportunities again, and checks that only the newer files of users become versions.
async fn check_import(fixture: &Fixture, server: SocketAddr, deals: &[Deal], report: &mut Report) -> Outcome<()> {
    let ids: Vec<String> = deals.iter().map(|deal| deal.opportunity.clone()).collect();
    Wire::connect(server).await?.send(&fixture.account.call_about(&ids)).await?.expect(202)?;
    if !fixture.wait_until_done(TIMEOUT).await? {
        return Err("the deliveries of filed contracts did not end".into());
    }
    let newer = i64::try_from(deals.iter().filter(|deal| deal.has_newer_file).count())?;
    let imported = fixture.database.number("SELECT count(*) FROM contract_versions WHERE number > 2").await?;
    let reopened = fixture.database.number("SELECT count(*) FROM contracts WHERE negotiation_status <> 'approved'").await?;
    let evidence = format!("{imported} versions imported, {reopened} contracts reopened, {newer} newer files");
    report.invariant("no filed version is imported", imported == newer && reopened == newer, evidence);
    Ok(())
}
