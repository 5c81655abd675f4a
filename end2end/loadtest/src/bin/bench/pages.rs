//! Measures the CPU time for a page and for a JSON response. Compares the result with a baseline server that sends the same
//! bytes.

use crate::floor;
use crate::setting::{Bare, Fixture, Setting};
use crate::table::{Goal, Table};
use loadtest::Outcome;
use loadtest::load::{self, Load, Make};
use loadtest::process::processor_time;
use loadtest::wire::request;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

const LASTING: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 4;

/// Name, path, and maximum CPU time per request in microseconds.
const PAGES: [(&str, &str, f64); 2] = [("page", "/integrations", 300.0), ("JSON", "/api/v1/integrations/organization", 80.0)];

/// Measures each page with the session cookie of a signed-in user.
pub async fn measure(setting: &Setting, table: &mut Table) -> Outcome<()> {
    let fixture = setting.fixture("pages").await?;
    let folder = setting.folder.join("bare-pages");
    fs::create_dir_all(&folder)?;
    for (name, path, _) in PAGES {
        let answer = fixture.wire().await?.send(&signed_in(&fixture, path)).await?.expect(200)?;
        fs::write(folder.join(format!("{name}.body")), &answer.body)?;
    }
    let bare = setting.bare("bare-pages").await?;
    for (name, path, most) in PAGES {
        let (ours, own) = cost(&fixture.process()?, fixture.server.address, signed_in(&fixture, path)).await?;
        let (least, bare_rate) = bare_cost(&bare, name).await?;
        let remark = format!("{:.0} times a bare handler", ours / least.max(0.1));
        table.add(&format!("{name}: server processor time of {path}"), ours, "us", Goal::AtMost(most), &remark);
        table.add(&format!("{name}: answers a second"), own.rate(), "/s", Goal::None, &format!("bare handler {bare_rate:.0}/s"));
        table.add_time(&format!("{name}: p99"), own.latencies.percentile(99.0), Goal::None, "");
    }
    bare.end().await?;
    fixture.end().await
}

fn signed_in(fixture: &Fixture, path: &str) -> Vec<u8> {
    request("GET", path, &[("cookie", fixture.account.cookie.as_str())], b"")
}

async fn bare_cost(bare: &Bare, name: &str) -> Outcome<(f64, f64)> {
    let request = request("GET", &format!("{}{name}", floor::FILE), &[], b"");
    let (cost, load) = cost(&bare.process()?, bare.address, request).await?;
    Ok((cost, load.rate()))
}

/// Sends requests at full speed. Returns the CPU time per request in microseconds, and the rate and latencies of the responses.
async fn cost(process: &u32, address: std::net::SocketAddr, request: Vec<u8>) -> Outcome<(f64, Load)> {
    let make: Make = Arc::new(move |_| request.clone());
    let before = processor_time(*process)?;
    let load = load::at_full_speed(address, CONNECTIONS, LASTING, 200, make).await?;
    let used = processor_time(*process)? - before;
    if load.refused > 0 {
        return Err(format!("{} of {} answers were refusals", load.refused, load.latencies.count()).into());
    }
    Ok((used.as_secs_f64() * 1_000_000.0 / load.latencies.count().max(1) as f64, load))
}
