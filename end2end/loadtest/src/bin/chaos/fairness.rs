//! Checks that an ordinary document is analysed soon, even if hostile documents from another organization are ahead in the queue.

use crate::fixture::{Fixture, Setting};
use crate::report::Report;
use loadtest::account::Account;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use std::io::Write;
use std::time::{Duration, Instant};

/// Number of hostile documents that are queued before the ordinary document.
const HOSTILE: usize = 3;
/// Time limit for the analysis of the ordinary document.
const LIMIT: Duration = Duration::from_secs(10);
/// Time limit for the analyses of all hostile documents. Each analysis fails after at most 20 s of CPU time, and is not retried.
const END: Duration = Duration::from_secs(240);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Name, number of pages, and size in bytes of the content stream that all pages share. The server rejects larger documents
/// immediately.
const DOCUMENTS: [(&str, usize, usize); 3] =
    [("3,000 pages of 4 MB", 3_000, 4_000_000), ("500 pages of 1 MB", 500, 1_000_000), ("30 pages of 4 MB", 30, 4_000_000)];

/// For each kind of hostile document, measures the time until an ordinary document behind it in the queue is analysed.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    for (number, (name, pages, bytes)) in DOCUMENTS.into_iter().enumerate() {
        let (fixture, server) = setting.fixture(&format!("fairness_{number}")).await?;
        let loud = Account::open(server.address, &fixture.simulator, "loud").await?;
        let mut wire = Wire::connect(server.address).await?;
        let hostile = hostile(pages, bytes)?;
        for _ in 0..HOSTILE {
            wire.send(&loud.upload("Hostile", &hostile)).await?.expect(201)?;
        }
        let took = analyse_ordinary(&fixture, &mut wire).await?;
        let seconds = format!("{:.1} s behind {HOSTILE} of {name}", took.as_secs_f64());
        report.invariant("an ordinary document is analysed within 10 s", took <= LIMIT, seconds);
        let began = Instant::now();
        let is_done = fixture.wait_until_done(END).await?;
        report.invariant("hostile documents end", is_done, format!("after {:.1} s more", began.elapsed().as_secs_f64()));
        let sql = "SELECT count(*) FROM analyses WHERE status = 'failed' AND error_code IN ('too_large', 'timed_out', 'crashed')";
        let failed = usize::try_from(fixture.database.number(sql).await?)?;
        report.invariant("their analyses have failed", failed == HOSTILE, format!("{failed} of {HOSTILE}"));
        let attempts = fixture.database.number("SELECT max(attempts) FROM jobs WHERE status = 'dead'").await?;
        report.invariant("none is tried again", attempts == 1, format!("{attempts} attempts"));
        server.stop().await?;
    }
    Ok(())
}

async fn analyse_ordinary(fixture: &Fixture, wire: &mut Wire) -> Outcome<Duration> {
    let began = Instant::now();
    let made = wire.send(&fixture.account.upload("Ordinary", &salesforce::pdf(4_000))).await?.expect(201)?.json()?;
    let path = format!("/api/v1/contracts/{}", made["id"].as_str().ok_or("no id")?);
    loop {
        let contract = wire.send(&fixture.account.get(&path)).await?.expect(200)?.json()?;
        let status = contract["versions"][0]["analysis"]["status"].as_str().unwrap_or_default();
        if status == "completed" {
            return Ok(began.elapsed());
        }
        if status == "failed" || began.elapsed() > END {
            return Err(format!("the ordinary document is {status} after {:?}", began.elapsed()).into());
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Creates a PDF whose pages share one content stream of about `bytes` bytes.
fn hostile(pages: usize, bytes: usize) -> Outcome<Vec<u8>> {
    let line = "BT /F1 9 Tf 10 10 Td (Governing law Ohio) Tj ET\n";
    let content = line.repeat(bytes / line.len());
    let kids: String = (5..5 + pages).map(|number| format!("{number} 0 R ")).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{kids}]/Count {pages}>>"),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>";
    objects.resize(4 + pages, page.to_owned());
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        write!(file, "{number} 0 obj\n{object}\nendobj\n")?;
    }
    let table = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1)?;
    for place in places {
        writeln!(file, "{place:010} 00000 n ")?;
    }
    write!(file, "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF", objects.len() + 1)?;
    Ok(file)
}
