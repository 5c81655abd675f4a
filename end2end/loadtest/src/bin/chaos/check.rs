//! Compares the responses in the ledger with the database, the file storage, and Salesforce.

use crate::driver::STATUSES;
use crate::fixture::Fixture;
use crate::ledger::Ledger;
use crate::report::Report;
use loadtest::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Checks the invariants of the pipeline after the servers have stopped.
pub async fn everything(fixture: &Fixture, ledger: &Ledger, report: &mut Report) -> Outcome<()> {
    let wrong = ledger.lines().wrong.clone();
    report.invariant("no client got a wrong answer", wrong.is_empty(), format!("{} wrong: {:?}", wrong.len(), wrong.first()));
    deliveries(fixture, ledger, report).await?;
    contracts(fixture, report).await?;
    statuses(fixture, ledger, report).await?;
    files(fixture, report).await
}

/// Checks that every accepted delivery is done, and that every delivery belongs to a webhook call of a client.
pub async fn deliveries(fixture: &Fixture, ledger: &Ledger, report: &mut Report) -> Outcome<()> {
    let done = "SELECT id, record_id FROM deliveries WHERE status = 'done' AND contract_id IS NOT NULL";
    let done: BTreeMap<_, _> = fixture.database.pairs(done).await?.into_iter().collect();
    let all = fixture.database.pairs("SELECT id, record_id FROM deliveries").await?;
    let (lost, accepted, uncalled): (Vec<String>, usize, usize) = {
        let lines = ledger.lines();
        let lost =
            lines.accepted.iter().filter(|(id, opportunity)| done.get(*id) != Some(*opportunity)).map(|(id, _)| id.clone());
        let uncalled = all.iter().filter(|(_, opportunity)| !lines.named.contains(opportunity)).count();
        (lost.collect(), lines.accepted.len(), uncalled)
    };
    report.invariant(
        "0 lost: each accepted delivery is done",
        lost.is_empty(),
        format!("{} of {accepted} lost {:?}", lost.len(), lost.first()),
    );
    report.invariant("no delivery exists without a call", uncalled == 0, format!("{uncalled} of {} deliveries", all.len()));
    Ok(())
}

/// Checks that no contract and no part of a contract exists twice.
pub async fn doubled(fixture: &Fixture, report: &mut Report) -> Outcome<()> {
    for (what, doubled) in [
        ("contracts of one Opportunity", "SELECT count(*) - count(DISTINCT record_id) FROM contract_links WHERE role = 'source'"),
        ("sources of one contract", "SELECT count(*) - count(DISTINCT contract_id) FROM contract_links WHERE role = 'source'"),
        ("versions of one file", "SELECT count(*) - count(DISTINCT contract_id) FROM contract_versions"),
        (
            "lines about one stored version",
            "SELECT count(*) - count(DISTINCT contract_id) FROM activity WHERE kind = 'version_stored'",
        ),
        (
            "contracts that were made twice",
            "SELECT count(*) - count(DISTINCT contract_id) FROM activity WHERE kind = 'contract_created'",
        ),
    ] {
        let count = fixture.database.number(doubled).await?;
        report.invariant(&format!("0 doubled: {what}"), count == 0, count);
    }
    Ok(())
}

async fn contracts(fixture: &Fixture, report: &mut Report) -> Outcome<()> {
    doubled(fixture, report).await?;
    for (what, wrong) in [
        (
            "every contract has its source",
            "SELECT count(*) FROM contracts c
             WHERE NOT EXISTS (SELECT 1 FROM contract_links l WHERE l.contract_id = c.id AND l.role = 'source')",
        ),
        (
            "contracts of deliveries have a version",
            "SELECT count(*) FROM contracts c WHERE NOT EXISTS (SELECT 1 FROM contract_versions v WHERE v.contract_id = c.id)",
        ),
        (
            "every version is analysed, or says why not",
            "SELECT count(*) FROM analyses WHERE status NOT IN ('completed', 'failed')",
        ),
        (
            "versions without an analysis",
            "SELECT count(*) FROM contract_versions v WHERE NOT EXISTS (SELECT 1 FROM analyses a WHERE a.version_id = v.id)",
        ),
        ("no job but that of an unreadable document was given up", "SELECT count(*) FROM jobs WHERE kind <> 'analyse'"),
    ] {
        let count = fixture.database.number(wrong).await?;
        report.invariant(what, count == 0, format!("{count} otherwise"));
    }
    Ok(())
}

/// Checks that each contract has the status that the server acknowledged last, and that Salesforce shows the status of every
/// contract. Contracts whose status was never changed are included, because the server also writes the first status to
/// Salesforce.
async fn statuses(fixture: &Fixture, ledger: &Ledger, report: &mut Report) -> Outcome<()> {
    let here: BTreeMap<_, _> =
        fixture.database.pairs("SELECT id, negotiation_status FROM contracts").await?.into_iter().collect();
    let sources = "SELECT contract_id, record_id FROM contract_links WHERE role = 'source'";
    let opportunities: BTreeMap<_, _> = fixture.database.pairs(sources).await?.into_iter().collect();
    let changed = ledger.lines().statuses.clone();
    let forgotten =
        changed.iter().filter(|(id, status)| status.as_ref().is_some_and(|status| here.get(*id) != Some(status))).count();
    report.invariant(
        "each acknowledged status is the contract's",
        forgotten == 0,
        format!("{forgotten} of {} forgotten", changed.len()),
    );
    let state = fixture.simulator.production().state();
    let shown = |id: &String| {
        let record = state.records.live("Opportunity", opportunities.get(id)?)?;
        record.get("LexiContract_Status__c")?.as_str()
    };
    let label = |id: &String| {
        let first = [("draft", "Draft")];
        STATUSES.iter().chain(&first).find(|(status, _)| here.get(id).is_some_and(|here| here == status)).map(|(_, label)| *label)
    };
    let behind = here.keys().filter(|id| shown(id) != label(id)).count();
    report.invariant("Salesforce shows each contract's last status", behind == 0, format!("{behind} of {} behind", here.len()));
    Ok(())
}

/// Runs `sweep-files`, and checks that the storage contains exactly the files of contract versions.
pub async fn files(fixture: &Fixture, report: &mut Report) -> Outcome<()> {
    let swept = fixture.command(&["sweep-files", "--older-than-minutes", "0"]).await?;
    let versions = fixture.database.pairs("SELECT organization_id, id FROM contract_versions").await?;
    let wanted: BTreeSet<String> =
        versions.into_iter().map(|(organization, version)| format!("{organization}/{version}")).collect();
    let mut found = BTreeSet::new();
    for organization in fs::read_dir(&fixture.files)? {
        let organization = organization?;
        for file in fs::read_dir(organization.path())? {
            found.insert(format!("{}/{}", organization.file_name().to_string_lossy(), file?.file_name().to_string_lossy()));
        }
    }
    let (orphans, missing) = (found.difference(&wanted).count(), wanted.difference(&found).count());
    report.invariant(
        "no file without a version after the sweep, none missing",
        orphans + missing == 0,
        format!("{} swept, {orphans} left, {missing} missing, {} kept", swept.trim(), found.len()),
    );
    Ok(())
}
