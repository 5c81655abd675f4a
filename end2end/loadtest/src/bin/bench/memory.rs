use crate::setting::Setting;
use crate::table::{Goal, Table};
use loadtest::Outcome;
use loadtest::process::{MemoryWatch, processor_time, resident_bytes};
use loadtest::wire::request;
use serde_json::Value;
use std::time::Duration;

const FILE_BYTES: usize = 100_000_000;
const IDLE: Duration = Duration::from_secs(5);
const MEGABYTE: f64 = 1_048_576.0;

/// Measures the memory and CPU time of the idle server, then its memory while a client downloads 100 MB.
pub async fn measure(setting: &Setting, table: &mut Table) -> Outcome<()> {
    let fixture = setting.fixture("memory").await?;
    let process = fixture.process()?;
    let before = processor_time(process)?;
    tokio::time::sleep(IDLE).await;
    let used = processor_time(process)? - before;
    table.add("memory: idle", resident_bytes(process)? as f64 / MEGABYTE, "MB", Goal::AtMost(40.0), "");
    table.add("idle: processor time a second", used.as_secs_f64() * 1_000_000.0 / IDLE.as_secs_f64(), "us", Goal::None, "");
    let contract = upload(&fixture).await?;
    let idle = resident_bytes(process)?;
    let watch = MemoryWatch::start(process);
    let path = format!("/api/v1/contracts/{contract}/versions/1/file");
    let answer = fixture.wire().await?.send_and_count(&fixture.account.get(&path)).await?.expect(200)?;
    if answer.length != FILE_BYTES {
        return Err(format!("{} of {FILE_BYTES} bytes arrived", answer.length).into());
    }
    let growth = watch.most().saturating_sub(idle) as f64 / MEGABYTE;
    table.add("memory: growth while 100 MB are downloaded", growth, "MB", Goal::AtMost(16.0), "flat");
    fixture.end().await
}

async fn upload(fixture: &crate::setting::Fixture) -> Outcome<String> {
    let head = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nLarge\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"large.pdf\"\r\n\r\n";
    let mut body = [head.as_bytes(), b"%PDF-1.7\n"].concat();
    body.resize(head.len() + FILE_BYTES, b'x');
    body.extend_from_slice(b"\r\n--b--\r\n");
    let bearer = format!("Bearer {}", fixture.account.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=b")];
    let watch = MemoryWatch::start(fixture.process()?);
    let made = fixture.wire().await?.send(&request("POST", "/api/v1/contracts", &headers, &body)).await?.expect(201)?;
    eprintln!("    (most memory while 100 MB are uploaded: {:.0} MB)", watch.most() as f64 / MEGABYTE);
    match made.json()?["id"].clone() {
        Value::String(id) => Ok(id),
        _ => Err("no id".into()),
    }
}
