//! Compares the stage changes with the deliveries that the API lists.

use super::INTERVAL;
use super::armed::Outage;
use super::salesforce::Deals;
use crate::check;
use crate::fixture::Fixture;
use crate::report::Report;
use loadtest::Outcome;
use loadtest::wire::Wire;
use salesforce_simulator::clock::parse_time;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Time that a poll can take in addition to its interval, in milliseconds.
const TOLERANCE: i64 = 10_000;

/// Times of stage changes or deliveries by Opportunity id, oldest first.
type Times = BTreeMap<String, Vec<i64>>;

pub async fn run(fixture: &Fixture, server: SocketAddr, all: &[Deals], outages: &[Outage], report: &mut Report) -> Outcome<()> {
    let (mut entered, mut received) = (Times::new(), Times::new());
    for deals in all {
        for entry in &deals.entries {
            entered.entry(entry.deal.clone()).or_default().push(entry.at);
        }
        list(fixture, server, &deals.connection, &mut received).await?;
    }
    let count = |times: &Times, deal: &str| times.get(deal).map_or(0, Vec::len);
    let changes: usize = entered.values().map(Vec::len).sum();
    let lost: usize = entered.iter().map(|(deal, times)| times.len().saturating_sub(count(&received, deal))).sum();
    report.invariant("0 lost: each stage change leads to a delivery", lost == 0, format!("{lost} of {changes} lost"));
    let doubled: usize = received.iter().map(|(deal, times)| times.len().saturating_sub(count(&entered, deal))).sum();
    report.invariant("0 doubled: each delivery has its stage change", doubled == 0, format!("{doubled} others"));
    let sources = fixture.database.pairs("SELECT record_id, contract_id FROM contract_links WHERE role = 'source'").await?;
    let deals: BTreeSet<&String> = sources.iter().map(|(deal, _)| deal).collect();
    let is_same = sources.len() == entered.len() && deals.into_iter().eq(entered.keys());
    let evidence = format!("{} contracts of {} Opportunities", sources.len(), entered.len());
    report.invariant("exactly the changed Opportunities have a contract, and no old one", is_same, evidence);
    times(&entered, &received, outages, report)?;
    check::doubled(fixture, report).await?;
    check::files(fixture, report).await
}

/// Checks the time between each stage change and its delivery. The duration of outages in between is subtracted.
fn times(entered: &Times, received: &Times, outages: &[Outage], report: &mut Report) -> Outcome<()> {
    let limit = i64::try_from(INTERVAL.as_millis())? + TOLERANCE;
    let pairs = entered.iter().flat_map(|(deal, entered)| entered.iter().zip(received.get(deal).into_iter().flatten()));
    let pairs: Vec<(i64, i64)> = pairs.map(|(from, until)| (*from, *until)).collect();
    let over = |pair: &&(i64, i64), outages| pair.1 - pair.0 - lost_time(**pair, outages) > limit;
    let late = pairs.iter().filter(|pair| over(pair, outages)).count();
    let late_in_all = pairs.iter().filter(|pair| over(pair, &[])).count();
    let longest = pairs.iter().map(|(from, until)| until - from).max().unwrap_or_default();
    let evidence = format!(
        "{late} later; with outages {late_in_all} later, the longest {:.1} s; {:.1} s of outages",
        longest as f64 / 1_000.0,
        lost_time((i64::MIN, i64::MAX), outages) as f64 / 1_000.0
    );
    let what = format!("each delivery is made within {} s of the stage change, apart from outages", limit / 1_000);
    report.invariant(&what, late == 0, evidence);
    Ok(())
}

/// Returns the total duration of the outages within a period. `outages` are sorted and can overlap. Overlaps count once.
fn lost_time((from, until): (i64, i64), outages: &[Outage]) -> i64 {
    let (mut lost, mut counted_until) = (0, from);
    for (begin, end) in outages {
        let (begin, end) = ((*begin).max(counted_until), (*end).min(until));
        lost += (end - begin).max(0);
        counted_until = counted_until.max(end);
    }
    lost
}

/// Lists the completed deliveries of a connection.
async fn list(fixture: &Fixture, server: SocketAddr, connection: &str, received: &mut Times) -> Outcome<()> {
    let (mut wire, mut cursor) = (Wire::connect(server).await?, String::new());
    loop {
        let path = format!("/api/v1/integrations/organization/{connection}/deliveries?limit=100{cursor}");
        let page = wire.send(&fixture.account.get(&path)).await?.expect(200)?.json()?;
        for delivery in page["items"].as_array().into_iter().flatten() {
            let deal = delivery["opportunity_id"].as_str().ok_or("a delivery without an Opportunity")?;
            let at = delivery["received_at"].as_str().and_then(parse_time).ok_or("a delivery without a time")?;
            if delivery["status"] == "done" && delivery["contract_id"].is_string() {
                received.entry(deal.to_owned()).or_default().insert(0, at.timestamp_millis());
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
