//! The child is played by shell scripts that do what a broken or hostile reader might.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use super::{Limits, extract_in_child};
use crate::analysis::text::{Document, ExtractError};

/// A script that is still open for writing when another test forks cannot be started: one at a time.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn outcome(script: &str, document: &[u8], limits: Limits) -> Result<Document, ExtractError> {
    let _turn = TURN.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let program = write(&folder, script);
    extract_in_child(&program, document, "a name.pdf", limits).await
}

fn write(folder: &tempfile::TempDir, script: &str) -> PathBuf {
    let program = folder.path().join("reader");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    program
}

fn says(text: &str) -> Result<Document, ExtractError> {
    Ok(Document { text: text.to_owned(), ..Document::default() })
}

#[tokio::test]
async fn the_answer_of_the_child_is_the_outcome() {
    let script = r#"cat > /dev/null; printf '{"Ok":{"text":"%s","warnings":[],"pages":null}}' "$1|$3""#;
    assert_eq!(outcome(script, b"x", Limits::default()).await, says("extract|a name.pdf"));
    let script = r#"cat > /dev/null; printf '{"Err":{"scanned":{"pages":3}}}'"#;
    assert_eq!(outcome(script, b"x", Limits::default()).await, Err(ExtractError::Scanned { pages: 3 }));
}

#[tokio::test]
async fn the_child_sees_nothing_of_our_environment() {
    // The test runner always sets this variable for us.
    assert!(option_env!("CARGO_MANIFEST_DIR").is_some());
    let script =
        r#"cat > /dev/null; printf '{"Ok":{"text":"%s","warnings":[],"pages":null}}' "${CARGO_MANIFEST_DIR:-nothing}${HOME:-}""#;
    assert_eq!(outcome(script, b"x", Limits::default()).await, says("nothing"));
}

#[tokio::test]
async fn a_child_that_hangs_is_ended() {
    let limits = Limits { wall: Duration::from_millis(200), ..Limits::default() };
    assert_eq!(outcome("exec sleep 600", b"x", limits).await, Err(ExtractError::TimedOut));
}

#[tokio::test]
async fn nonsense_failures_and_early_deaths_are_crashes() {
    let large = vec![b'x'; 1 << 20];
    for script in ["cat", "exit 1", "kill -ABRT $$", "cat > /dev/null; exit 0"] {
        assert_eq!(outcome(script, &large, Limits::default()).await, Err(ExtractError::Crashed), "{script}");
    }
}

#[tokio::test]
async fn too_much_in_or_out_is_refused() {
    let limits = Limits { input_bytes: 10, ..Limits::default() };
    assert!(matches!(outcome("cat > /dev/null", b"0123456789X", limits).await, Err(ExtractError::TooLarge { .. })));
    let endless = "cat > /dev/null; exec cat /dev/zero";
    assert!(matches!(outcome(endless, b"x", Limits::default()).await, Err(ExtractError::TooLarge { .. })));
}

#[tokio::test]
async fn a_child_at_its_processor_limit_has_timed_out_and_one_that_the_system_kills_is_interrupted() {
    assert_eq!(outcome("kill -XCPU $$", b"x", Limits::default()).await, Err(ExtractError::TimedOut));
    assert_eq!(outcome("kill -KILL $$", b"x", Limits::default()).await, Err(ExtractError::Interrupted));
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_an_interruption() {
    let missing = std::path::Path::new("/nonexistent/reader");
    assert_eq!(extract_in_child(missing, &b"x"[..], "a", Limits::default()).await, Err(ExtractError::Interrupted));
}
