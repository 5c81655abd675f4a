//! Tests the reader with shell scripts that behave like broken or hostile children.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use super::{Limits, Reader};
use crate::text::{Document, ExtractError};

/// Serializes the tests. A script cannot be started while a concurrent fork has the script open for writing.
static LOCK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn outcome(script: &str, document: &[u8], limits: Limits) -> Result<Document, ExtractError> {
    let _lock = LOCK.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let program = write(&folder, script);
    Reader::new(program, limits).extract(document, "a name.pdf").await
}

fn write(folder: &tempfile::TempDir, script: &str) -> PathBuf {
    let program = folder.path().join("reader");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    program
}

fn document(text: &str) -> Result<Document, ExtractError> {
    Ok(Document { text: text.to_owned(), ..Document::default() })
}

#[tokio::test]
async fn the_response_of_the_child_is_the_outcome() {
    let script = r#"cat > /dev/null; printf '{"Ok":{"text":"%s","warnings":[],"pages":null}}' "$1|$3""#;
    assert_eq!(outcome(script, b"x", Limits::default()).await, document("extract|a name.pdf"));
    let script = r#"cat > /dev/null; printf '{"Err":{"scanned":{"pages":3}}}'"#;
    assert_eq!(outcome(script, b"x", Limits::default()).await, Err(ExtractError::Scanned { pages: 3 }));
}

#[tokio::test]
async fn the_child_gets_no_environment_variables() {
    // Cargo sets this variable, so a child that inherited the environment would print its value.
    assert!(option_env!("CARGO_MANIFEST_DIR").is_some());
    let script =
        r#"cat > /dev/null; printf '{"Ok":{"text":"%s","warnings":[],"pages":null}}' "${CARGO_MANIFEST_DIR:-nothing}${HOME:-}""#;
    assert_eq!(outcome(script, b"x", Limits::default()).await, document("nothing"));
}

#[tokio::test]
async fn a_hanging_child_is_killed() {
    let limits = Limits { wall_time: Duration::from_millis(200), ..Limits::default() };
    assert_eq!(outcome("exec sleep 600", b"x", limits).await, Err(ExtractError::TimedOut));
}

#[tokio::test]
async fn invalid_responses_and_failures_are_crashes() {
    let large = vec![b'x'; 1 << 20];
    for script in ["cat", "exit 1", "kill -ABRT $$", "cat > /dev/null; exit 0"] {
        assert_eq!(outcome(script, &large, Limits::default()).await, Err(ExtractError::Crashed), "{script}");
    }
}

#[tokio::test]
async fn input_and_output_are_bounded() {
    let limits = Limits { input_bytes: 10, ..Limits::default() };
    assert!(matches!(outcome("cat > /dev/null", b"0123456789X", limits).await, Err(ExtractError::TooLarge { .. })));
    let endless = "cat > /dev/null; exec cat /dev/zero";
    assert!(matches!(outcome(endless, b"x", Limits::default()).await, Err(ExtractError::TooLarge { .. })));
}

#[tokio::test]
async fn signals_distinguish_timeouts_from_interruptions() {
    assert_eq!(outcome("kill -XCPU $$", b"x", Limits::default()).await, Err(ExtractError::TimedOut));
    assert_eq!(outcome("kill -KILL $$", b"x", Limits::default()).await, Err(ExtractError::Interrupted));
}

#[tokio::test]
async fn a_failed_start_is_an_interruption() {
    let missing = Reader::new("/nonexistent/reader".into(), Limits::default());
    assert_eq!(missing.extract(&b"x"[..], "a").await, Err(ExtractError::Interrupted));
}
