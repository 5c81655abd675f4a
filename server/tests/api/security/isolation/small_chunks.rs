//! Memory use of requests whose bodies arrive in chunks of one byte.

use super::attempt::Attempt;
use super::fixture::{Fixture, TestUser};
use super::table::{Row, TABLE, UPLOAD};
use crate::support::own_process::{peak_memory, reset_peak_memory, run_in_own_process};
use server::process::serve::{Limits, accept_until};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use test_support::databases::{Opened, on_every_database};
use tokio::net::TcpListener;

/// Maximum growth of memory use, in KiB.
const MAX_GROWTH: u64 = 16 * 1024;
/// Length of a long body. If each byte kept a read buffer allocated, the body would use a gigabyte.
const LONG: usize = 272_000;
const SHORT: usize = 5_000;
/// Pause between writes, so that the operating system does not combine many bytes into one read.
const BETWEEN_WRITES: Duration = Duration::from_micros(20);
/// Content type of a form. Browsers send no charset. The server must also accept a charset and read the body in the same way.
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const MULTIPART: &str = "multipart/form-data; boundary=b";
const TITLE: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\n";
const FILE: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nA\r\n\
    --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";
/// One route for each way of reading a body.
const READERS: [&str; 7] = [
    "POST /api/v1/tokens",
    "POST /actions/set_theme",
    "POST /api/v1/contracts",
    "POST /api/v1/contracts/",
    "POST /api/v1/integrations/{slug}/{webhook}",
    "POST /api/v1/integrations/{slug}/{webhook}/",
    "POST /api/v1/integrations/{slug}/deal-status",
];

#[test]
fn a_body_in_chunks_of_one_byte_uses_no_more_memory_than_its_bytes() {
    let measure = async |opened: Opened| measure(&opened).await;
    let name = "security::isolation::small_chunks::a_body_in_chunks_of_one_byte_uses_no_more_memory_than_its_bytes";
    run_in_own_process(name, on_every_database(measure));
}

async fn measure(opened: &Opened) {
    let fixture = Fixture::new(opened).await;
    // Signs in once before the measurement, because the first sign-in initializes shared state.
    fixture.with_new_session(&TABLE[0]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, fixture.server.router.clone(), Limits::default(), std::future::pending()));

    for route in READERS {
        let row = TABLE.iter().find(|row| row.route == route).unwrap();
        let grown = growth(&fixture, address, row, LONG).await;
        assert!(grown < MAX_GROWTH, "{route}: {grown} KiB for {LONG} bytes");
    }
    let (removing, lasting): (Vec<&Row>, Vec<&Row>) = TABLE.iter().partition(|row| row.removes);
    for row in lasting.into_iter().chain(removing).filter(|row| !READERS.contains(&row.route)) {
        let grown = growth(&fixture, address, row, SHORT).await;
        assert!(grown < MAX_GROWTH, "{}: {grown} KiB for {SHORT} bytes", row.route);
    }
}

async fn growth(fixture: &Fixture, address: SocketAddr, row: &Row, length: usize) -> u64 {
    let fresh;
    let (person, id) = match row.removes {
        true => {
            fresh = fixture.with_new_session(row).await;
            (&fresh, fixture.id_to_remove(row, &fresh))
        }
        false => (fixture.admin(), fixture.own_id(row)),
    };
    reset_peak_memory();
    let before = peak_memory();
    let head = head(fixture, row, &id, person, length);
    let answer = tokio::task::spawn_blocking(move || send(address, &head, length)).await.unwrap();
    let grown = peak_memory().saturating_sub(before);
    println!("{grown:5} KiB {} {}", row.route, answer.lines().next().unwrap_or("closed"));
    assert!(row.body == UPLOAD || answer.starts_with("HTTP/1.1 "), "{}: {answer}", row.route);
    grown
}

/// The head of the request, and the beginning of the body.
fn head(fixture: &Fixture, row: &Row, id: &str, person: &TestUser, length: usize) -> String {
    let (kind, begin) = match row.body {
        UPLOAD if row.path() == "/api/v1/contracts/" => (MULTIPART, FILE),
        UPLOAD => (MULTIPART, TITLE),
        // The server rejects this form after reading the body. An accepted form would need memory for a password hash.
        _ if row.is_action() => (FORM, "unknown="),
        _ => ("application/json", ""),
    };
    let path = Attempt::of(row, id).path(fixture);
    let secret = fixture.webhook_secret();
    let length = begin.len() + length;
    format!(
        "{} {path} HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nconnection: close\r\naccept: application/json\r\nsec-fetch-site: same-origin\r\n\
         cookie: {}\r\nx-webhook-secret: {secret}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{begin}",
        row.method(),
        person.cookie
    )
}

fn send(address: SocketAddr, head: &str, length: usize) -> String {
    let mut client = TcpStream::connect(address).unwrap();
    client.set_nodelay(true).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    client.write_all(head.as_bytes()).unwrap();
    for _ in 0..length {
        // The server can respond and close the connection before the last byte is sent.
        if client.write_all(b"a").is_err() {
            break;
        }
        let written = Instant::now();
        while written.elapsed() < BETWEEN_WRITES {
            std::hint::spin_loop();
        }
    }
    let mut answer = Vec::new();
    drop(client.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}
