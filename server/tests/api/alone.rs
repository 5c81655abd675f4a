//! A test in a process of its own: its memory is measured without other tests.

use std::{env, fs, process::Command};

const ALONE: &str = "LEXICONTRACT_TEST_ALONE";

/// Runs this program again for the test of that name alone; there, runs the test. On SQLite only.
#[expect(clippy::disallowed_methods, reason = "not the product's configuration, but how the two processes tell each other apart")]
pub fn alone(name: &str, test: impl Future<Output = ()>) {
    if env::var(ALONE).is_ok_and(|chosen| chosen == name) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        return runtime.block_on(test);
    }
    let mut again = Command::new(env::current_exe().unwrap());
    again.args([name, "--exact", "--nocapture"]).env(ALONE, name).env_remove("TEST_POSTGRES_URL");
    let outcome = again.output().unwrap();
    print!("{}", String::from_utf8_lossy(&outcome.stdout));
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
}

/// Resets [`most_memory`].
pub fn forget_most_memory() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// The most memory that was resident at once, in KiB.
pub fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
