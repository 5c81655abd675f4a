//! Bodies in pieces of one byte, over real sockets, on every route of the table.

use super::{
    attempt::Attempt,
    cast::{Cast, Player},
    table::{Row, TABLE, UPLOAD},
};
use crate::{
    alone::{alone, forget_most_memory, most_memory},
    databases::{Opened, on_every_database},
};
use server::process::serve::{Limits, accept_until};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// What the process may grow by, in KiB.
const MOST_GROWTH: u64 = 16 * 1024;
/// With one read buffer kept for each byte, this many held a gigabyte.
const LONG: usize = 272_000;
const SHORT: usize = 5_000;
/// Without a moment between them the system hands many bytes to one read.
const BETWEEN_WRITES: Duration = Duration::from_micros(20);
/// Not quite what a browser sends: that must not decide how the body is read.
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const MULTIPART: &str = "multipart/form-data; boundary=b";
const TITLE: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\n";
const FILE: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nA\r\n\
    --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";
/// A route for each way in which bodies are read.
const READERS: [&str; 6] = [
    "POST /api/v1/tokens",
    "POST /actions/set_theme",
    "POST /api/v1/contracts",
    "POST /api/v1/contracts/",
    "POST /api/v1/integrations/{slug}/{webhook}",
    "POST /api/v1/integrations/{slug}/{webhook}/",
];

#[test]
fn a_body_in_pieces_of_one_byte_costs_no_more_memory_than_its_bytes() {
    let measure = async |opened: Opened| measure(&opened).await;
    alone("isolation::pieces::a_body_in_pieces_of_one_byte_costs_no_more_memory_than_its_bytes", on_every_database(measure));
}

async fn measure(opened: &Opened) {
    let cast = Cast::assemble(opened).await;
    // The first sign-in makes what later ones compare with.
    cast.with_a_fresh_session(&TABLE[0]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, cast.server.router.clone(), Limits::default(), std::future::pending()));

    for route in READERS {
        let row = TABLE.iter().find(|row| row.route == route).unwrap();
        let grown = growth(&cast, address, row, LONG).await;
        assert!(grown < MOST_GROWTH, "{route}: {grown} KiB for {LONG} bytes");
    }
    let (ending, lasting): (Vec<&Row>, Vec<&Row>) = TABLE.iter().partition(|row| row.ends);
    for row in lasting.into_iter().chain(ending).filter(|row| !READERS.contains(&row.route)) {
        let grown = growth(&cast, address, row, SHORT).await;
        assert!(grown < MOST_GROWTH, "{}: {grown} KiB for {SHORT} bytes", row.route);
    }
}

async fn growth(cast: &Cast, address: SocketAddr, row: &Row, length: usize) -> u64 {
    let fresh;
    let (person, id) = match row.ends {
        true => {
            fresh = cast.with_a_fresh_session(row).await;
            (&fresh, cast.id_to_end(row, &fresh))
        }
        false => (cast.admin(), cast.own_id(row)),
    };
    forget_most_memory();
    let before = most_memory();
    let head = head(cast, row, &id, person, length);
    let answer = tokio::task::spawn_blocking(move || send(address, &head, length)).await.unwrap();
    let grown = most_memory().saturating_sub(before);
    println!("{grown:5} KiB {} {}", row.route, answer.lines().next().unwrap_or("closed"));
    assert!(row.body == UPLOAD || answer.starts_with("HTTP/1.1 "), "{}: {answer}", row.route);
    grown
}

/// The head, and what a reader must get before the bytes matter.
fn head(cast: &Cast, row: &Row, id: &str, person: &Player, length: usize) -> String {
    let (kind, begin) = match row.body {
        UPLOAD if row.path() == "/api/v1/contracts/" => (MULTIPART, FILE),
        UPLOAD => (MULTIPART, TITLE),
        // Refused once it is read: hashing a password would take more memory than is allowed here.
        _ if row.is_action() => (FORM, "unknown="),
        _ => ("application/json", ""),
    };
    let path = Attempt::of(row, id).path(cast);
    let secret = cast.webhook_secret();
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
        // The server may answer and close before the last byte.
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
