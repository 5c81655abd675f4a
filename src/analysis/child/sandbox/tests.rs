//! Landlock alone: a layer that stands behind the filter of system calls would not be missed by a test of both.

use super::restrict_files_and_networks;
use std::net::{TcpListener, TcpStream};

#[test]
fn landlock_denies_files_and_tcp_without_the_filter_of_system_calls() {
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
    // It applies to the thread that asks for it.
    let restricted = std::thread::spawn(move || (restrict_files_and_networks().unwrap(), probes())).join().unwrap();
    match restricted.0 {
        Some(abi) => assert_eq!(restricted.1, [false, false, abi < 4, abi < 4], "ABI {abi}"),
        None => println!("skipped: this kernel has no Landlock"),
    }
}
