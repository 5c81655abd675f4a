//! Tests Landlock alone. The system call filter is off, because it would deny the same accesses and hide a failure of Landlock.

use super::restrict_files_and_networks;
use libc::c_long;
use seccompiler::{SeccompAction, SeccompFilter};
use std::net::{TcpListener, TcpStream};

#[test]
fn landlock_denies_files_and_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let probes = move || {
        [
            std::fs::read("/etc/passwd").is_ok(),
            std::fs::File::create(std::env::temp_dir().join("lexicontract-landlock-probe")).is_ok(),
            TcpStream::connect(address).is_ok(),
            TcpListener::bind("127.0.0.1:0").is_ok(),
        ]
    };
    assert_eq!(std::thread::spawn(probes).join().unwrap(), [true; 4], "the probes work");
    // Landlock restricts only the new thread.
    let restricted = std::thread::spawn(move || (restrict_files_and_networks().unwrap(), probes())).join().unwrap();
    match restricted.0 {
        Some(abi) => assert_eq!(restricted.1, [false, false, abi < 4, abi < 4], "ABI {abi}"),
        None => println!("skipped: this kernel has no Landlock"),
    }
}

/// Applies Landlock on a thread on which the system call `call` fails with `error`.
fn when_fails(call: c_long, error: i32) -> Result<Option<i32>, String> {
    let errno = SeccompAction::Errno(error.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new([(call, Vec::new())].into(), SeccompAction::Allow, errno, arch).unwrap();
    let program: seccompiler::BpfProgram = filter.try_into().unwrap();
    let thread = std::thread::spawn(move || {
        seccompiler::apply_filter(&program).unwrap();
        restrict_files_and_networks().map_err(|error| error.to_string())
    });
    thread.join().unwrap()
}

#[test]
fn only_missing_support_for_landlock_is_accepted() {
    for error in [libc::ENOSYS, libc::EOPNOTSUPP] {
        assert_eq!(when_fails(libc::SYS_landlock_create_ruleset, error), Ok(None));
    }
    let has_landlock = std::thread::spawn(|| restrict_files_and_networks().unwrap().is_some()).join().unwrap();
    assert_eq!(when_fails(libc::SYS_landlock_restrict_self, libc::EPERM).is_err(), has_landlock);
}
