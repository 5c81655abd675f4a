//! Runs a test in its own process, so that other tests do not change the measured memory.

use std::process::Command;
use std::{env, fs};

const VARIABLE: &str = "LEXICONTRACT_TEST_OWN_PROCESS";

/// Runs `test` in a second process of this test program, on SQLite only. `name` is the path of the calling test.
#[expect(clippy::disallowed_methods, reason = "tells the two processes apart; not configuration of the product")]
pub fn run_in_own_process(name: &str, test: impl Future<Output = ()>) {
    if env::var(VARIABLE).is_ok_and(|chosen| chosen == name) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        return runtime.block_on(test);
    }
    let mut again = Command::new(env::current_exe().unwrap());
    again.args([name, "--exact", "--nocapture"]).env(VARIABLE, name).env_remove("TEST_POSTGRES_URL");
    let outcome = again.output().unwrap();
    print!("{}", String::from_utf8_lossy(&outcome.stdout));
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
}

/// Resets the value of [`peak_memory`].
pub fn reset_peak_memory() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// The peak of this process's resident memory, in KiB.
pub fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
