//! Leaks of secrets. The built program runs all flows at log level trace, and its whole output is searched for every secret.

mod canary;
mod flows;

use crate::support::program::Setting;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use canary::Canary;
use flows::Flows;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use test_support::databases::on_every_database;

/// Searched output: log, responses, files and database dumps, by place.
type Places = BTreeMap<String, Vec<u8>>;

#[tokio::test]
async fn no_secret_is_in_logs_responses_metrics_files_or_databases() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let mut flows = Flows::start(&setting).await;
        flows.users().await;
        flows.connections().await;
        flows.contracts().await;
        flows.outbound_messages().await;
        flows.connect_link().await;
        flows.pages().await;
        flows.errors().await;
        flows.disconnect_and_sign_out().await;
        let (canaries, mut places) = flows.finish().await;
        assert!(opened.number("SELECT count(*) FROM activity").await > 20, "the database contains the flows");
        places.insert("errors of commands".to_owned(), setting.failing_commands().await);
        if let Some(dump) = setting.dump().await {
            assert!(dump.len() > 10_000, "the dump contains the flows");
            places.insert("pg_dump".to_owned(), dump);
        }
        add_files(&mut places, &opened.folder);
        assert!(places.keys().any(|place| place.ends_with("test.db")) || places.contains_key("pg_dump"));
        assert_eq!(found(&canaries, &places), Vec::<String>::new());
    })
    .await;
}

fn add_files(places: &mut Places, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => add_files(places, &entry),
            false => drop(places.insert(entry.display().to_string(), fs::read(&entry).unwrap())),
        }
    }
}

/// Returns a line for each leaked secret: place, name of the secret, encoding, and the text before the secret.
fn found(canaries: &[Canary], places: &Places) -> Vec<String> {
    let mut found = Vec::new();
    for (place, bytes) in places {
        let text = String::from_utf8_lossy(bytes);
        for canary in canaries.iter().filter(|canary| !canary.belongs_to(place)) {
            for (form, pattern) in canary.forms() {
                if let Some(at) = text.find(&pattern) {
                    let before: String = text[..at].chars().rev().take(160).collect::<Vec<_>>().into_iter().rev().collect();
                    found.push(format!("{place}: {} ({form}) after …{before}", canary.name));
                }
            }
        }
    }
    found
}

#[test]
fn a_secret_is_found_in_every_encoding() {
    let canary = Canary::new("password", "s3cret + pass/word?");
    for (form, pattern) in canary.forms() {
        let places = Places::from([("log".to_owned(), format!("x {pattern} y").into_bytes())]);
        assert!(!found(std::slice::from_ref(&canary), &places).is_empty(), "{form}");
    }
    // A secret inside a longer base64 text has one of three encodings. The number of bytes before the secret determines the
    // encoding.
    for before in ["", "u", "us", "use"] {
        let encoded = STANDARD.encode(format!("{before}s3cret + pass/word?:x"));
        let places = Places::from([("log".to_owned(), encoded.into_bytes())]);
        assert!(!found(std::slice::from_ref(&canary), &places).is_empty(), "behind `{before}`");
    }
    let places = Places::from([("log".to_owned(), b"s3cret".to_vec())]);
    assert!(found(std::slice::from_ref(&canary), &places).is_empty());
}
