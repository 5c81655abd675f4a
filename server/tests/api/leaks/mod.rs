//! No secret anywhere but where it belongs: the real program runs a whole story at trace level, and then everything that it wrote
//! is searched for every secret of the story, as it is and in every usual encoding.

/// Secrets, and how they look when someone has encoded them.
mod canary;
/// Requests over a socket, kept word for word.
pub mod exchange;
/// The program as operators run it.
pub mod process;
/// What people and Salesforce do.
mod story;

use crate::databases::on_every_database;
use canary::Canary;
use process::Setting;
use std::{collections::BTreeMap, fs, path::Path};
use story::Story;

/// Everything that was written, by where.
type Places = BTreeMap<String, Vec<u8>>;

#[tokio::test]
async fn no_secret_is_in_logs_answers_metrics_files_or_databases() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let mut story = Story::begin(&setting).await;
        story.people().await;
        story.connections().await;
        story.contracts().await;
        story.pages().await;
        story.troubles().await;
        story.leave().await;
        let (canaries, mut places) = story.end().await;
        assert!(opened.number("SELECT count(*) FROM activity").await > 20, "the database holds the story");
        places.insert("an operator's mistakes".to_owned(), setting.mistakes().await);
        if let Some(dump) = setting.dump().await {
            assert!(dump.len() > 10_000, "the dump holds the story");
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

/// Where a canary sits that should not: the place, the secret's name, its form, and what stands before it.
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
    // With other bytes around it, at each alignment.
    assert_eq!(canary::base64(b"user:pass?>", b"+/"), "dXNlcjpwYXNzPz4");
    for before in ["", "u", "us", "use"] {
        let encoded = canary::base64(format!("{before}s3cret + pass/word?:x").as_bytes(), b"+/");
        let places = Places::from([("log".to_owned(), encoded.into_bytes())]);
        assert!(!found(std::slice::from_ref(&canary), &places).is_empty(), "behind `{before}`");
    }
    let places = Places::from([("log".to_owned(), b"s3cret".to_vec())]);
    assert!(found(std::slice::from_ref(&canary), &places).is_empty());
}
