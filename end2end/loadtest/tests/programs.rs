//! Tests that the benchmark and the crash tests report missing settings. These tests also make `cargo test` build both programs.

use std::process::Command;

#[test]
fn chaos_names_the_missing_setting() {
    let program = env!("CARGO_BIN_EXE_chaos");
    let output = Command::new(program).args(["--server", program, "--database", "postgres"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--postgres-folder"));
}

#[test]
fn the_benchmark_says_which_server_it_misses() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--server", "no-such-server", "--folder", env!("CARGO_TARGET_TMPDIR")])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-server"));
}
