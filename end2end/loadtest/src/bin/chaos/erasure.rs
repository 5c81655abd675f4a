//! Contracts and an organization are erased, and the server is killed at each step of the erasures.

use crate::check;
use crate::fixture::{Fixture, Setting};
use crate::report::Report;
use loadtest::Outcome;
use loadtest::account::Account;
use loadtest::wire::{Answer, Wire};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Steps of the erasure of a contract.
const CONTRACT_STEPS: [&str; 4] = ["erasure-storing", "erasure-stored", "erasure-file-deleted", "erasure-removed"];
/// Steps of the erasure of an organization.
const ORGANIZATION_STEPS: [&str; 3] = ["erasure-storing", "erasure-stored", "erasure-continuing"];
const TIMEOUT: Duration = Duration::from_secs(30);
/// Text in the files and titles that are erased, and in those that are kept.
const GONE: &str = "zqgone";
const KEPT: &str = "zqkept";
const UNFINISHED: &str = "SELECT (SELECT count(*) FROM erasures) + (SELECT count(*) FROM erased_files)";

pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    if !setting.has_fail_points {
        report.did("left out: a release build cannot be killed at a step");
        return Ok(());
    }
    let (fixture, server) = setting.fixture("erasure").await?;
    let address = fixture.addresses[0];
    let kept = upload(&fixture, &fixture.account, KEPT).await?;
    let mut contracts = Vec::new();
    for step in CONTRACT_STEPS {
        contracts.push((step, upload(&fixture, &fixture.account, GONE).await?));
    }
    let mut organizations = Vec::new();
    for step in ORGANIZATION_STEPS {
        let account = Account::open(address, &fixture.simulator, &format!("{GONE}-{step}")).await?;
        upload(&fixture, &account, GONE).await?;
        organizations.push((step, account));
    }
    server.stop().await?;
    let mut unfinished = Vec::new();
    for (step, id) in contracts {
        let request = fixture.account.erase_contract(&id);
        let left = format!("SELECT count(*) FROM contracts WHERE id = '{id}'");
        if !erase(&fixture, step, &request, &left).await? {
            unfinished.push(format!("a contract at {step}"));
        }
    }
    for (step, account) in organizations {
        let name = format!("{GONE}-{step}");
        let left = format!("SELECT count(*) FROM organizations WHERE name = '{name}'");
        if !erase(&fixture, step, &account.erase_organization(&name), &left).await? {
            unfinished.push(format!("an organization at {step}"));
        }
    }
    report.invariant("each erasure is complete after the restart", unfinished.is_empty(), format!("{unfinished:?}"));
    check_rest(&fixture, &kept, report).await
}

/// Uploads a contract whose title and file contain `marker`. Returns its id.
async fn upload(fixture: &Fixture, account: &Account, marker: &str) -> Outcome<String> {
    let file = format!("%PDF-1.7\n{marker} is in the file.\n");
    let uploaded = Wire::connect(fixture.addresses[0]).await?.send(&account.upload(marker, file.as_bytes())).await?;
    let id = uploaded.expect(201)?.json()?["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| "the contract has no id".into())
}

/// Erases with a server that kills itself at the step. Then starts a server without fail points, and repeats the request, because
/// the client got no response. Returns false if the erasure does not complete. `left` counts what is to be erased.
async fn erase(fixture: &Fixture, step: &str, request: &[u8], left: &str) -> Outcome<bool> {
    let address = fixture.addresses[0];
    let mut armed = fixture.plan.start(address, &[("LEXICONTRACT_FAIL_POINT", &format!("{step}:kill"))]).await?;
    // The connection breaks when the server dies.
    drop(Wire::connect(address).await?.send(request).await);
    if armed.wait(TIMEOUT).await?.is_none() {
        armed.kill().await?;
        return Err(format!("the server did not reach the step {step}").into());
    }
    let server = fixture.plan.start(address, &[]).await?;
    let again: Answer = Wire::connect(address).await?.send(request).await?;
    let is_known = matches!(again.status, 204 | 401 | 404);
    let is_complete = fixture.wait_for(left, 0, TIMEOUT).await? && fixture.wait_for(UNFINISHED, 0, TIMEOUT).await?;
    server.stop().await?;
    Ok(is_known && is_complete)
}

/// Checks that nothing of the erased contracts is left, and that the kept contract is complete.
async fn check_rest(fixture: &Fixture, kept: &str, report: &mut Report) -> Outcome<()> {
    let folder = fixture.files.parent().ok_or("no folder")?;
    let mut places = Vec::new();
    places_of(folder, GONE.as_bytes(), &mut places)?;
    report.invariant("no byte of erased files and titles is left", places.is_empty(), format!("{places:?}"));
    let contracts = fixture.database.number("SELECT count(*) FROM contracts").await?;
    let usage = fixture.database.number("SELECT coalesce(sum(contracts), 0) FROM organization_usage").await?;
    report.invariant("only the other contract is left", (contracts, usage) == (1, 1), format!("{contracts}, usage {usage}"));
    let users = fixture.database.number("SELECT count(*) FROM users").await?;
    report.invariant("only the users of the other organization are left", users == 1, users);
    check::files(fixture, report).await?;
    let server = fixture.plan.start(fixture.addresses[0], &[]).await?;
    let file = fixture.account.get(&format!("/api/v1/contracts/{kept}/versions/1/file"));
    let file = Wire::connect(fixture.addresses[0]).await?.send(&file).await?;
    let is_whole = file.status == 200 && contains(&file.body, KEPT.as_bytes());
    report.invariant("the other contract can be downloaded", is_whole, file.status);
    let revocations = "SELECT count(*) FROM revocations";
    let are_revoked = fixture.wait_for(revocations, 0, TIMEOUT).await?;
    report.invariant("the grants of the erased organizations are revoked", are_revoked, "");
    server.stop().await.map(drop)
}

/// Adds the files that contain the text, except logs.
fn places_of(folder: &Path, text: &[u8], places: &mut Vec<String>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            places_of(&path, text, places)?;
        } else if path.extension().is_none_or(|extension| extension != "log") && contains(&fs::read(&path)?, text) {
            places.push(path.display().to_string());
        }
    }
    Ok(())
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
