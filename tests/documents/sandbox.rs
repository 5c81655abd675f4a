//! Isolation of the child process. A probe is a system access, such as opening a file.

use analysis::reader::{Reader, Sandbox, confine};
use analysis::text::ExtractError;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::fs::File;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// The argument of a child that runs the probes.
pub const PROBE: &str = "probe";
const ISOLATED: &str = "isolated";
const FREE: &str = "free";

/// Runs every test in this file.
pub async fn check() {
    println!("an_isolated_child_cannot_access_the_system");
    an_isolated_child_cannot_access_the_system();
    println!("isolation_does_not_change_how_a_child_fails");
    isolation_does_not_change_how_a_child_fails().await;
}

fn an_isolated_child_cannot_access_the_system() {
    let free = outcomes(FREE);
    assert_eq!(free.len(), 14, "{free:?}");
    assert!(free.iter().all(|(_, outcome)| outcome == "works"), "without isolation every probe works: {free:?}");
    let isolated = outcomes(ISOLATED);
    assert_eq!(isolated.len(), free.len());
    assert!(isolated.iter().all(|(_, outcome)| outcome == "denied"), "with isolation every probe fails: {isolated:?}");
}

/// Runs the probes in a child process. Returns each probe's name and outcome.
fn outcomes(isolation: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("readable");
    std::fs::write(&file, "the server's").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut decoy = Command::new("sleep").arg("600").spawn().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([PROBE, isolation, &file.display().to_string(), &listener.local_addr().unwrap().to_string()])
        .args([std::process::id(), decoy.id()].map(|id| id.to_string()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let decoy_ended = decoy.try_wait().unwrap().is_some() || isolation == FREE && wait(&mut decoy).signal() == Some(15);
    assert_eq!(decoy_ended, isolation == FREE, "the signal reaches the decoy only without isolation");
    decoy.kill().unwrap();
    decoy.wait().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split_once(": ")).map(|(probe, outcome)| (probe.into(), outcome.into())).collect()
}

fn wait(child: &mut std::process::Child) -> ExitStatus {
    child.wait().unwrap()
}

/// Entry point of the child process: runs all probes and prints their outcomes.
pub fn probe(arguments: &[String]) -> ExitCode {
    let [isolation, file, address, parent, decoy] = arguments else { return ExitCode::FAILURE };
    let pid = |text: &str| Pid::from_raw(text.parse().unwrap()).unwrap();
    let (server, decoy) = (pid(parent), pid(decoy));
    let mut inherited = File::open(file).unwrap();
    if isolation == ISOLATED {
        let Sandbox { no_new_privs, seccomp, rlimit_nproc, .. } = confine().unwrap();
        assert!(no_new_privs && rlimit_nproc, "every kernel has these");
        if !seccomp {
            println!("skipped: this kernel has no seccomp");
        }
    }
    let outcomes = [
        ("open a file", File::open(file).is_ok()),
        ("open /etc/passwd", File::open("/etc/passwd").is_ok()),
        ("read a descriptor from before", inherited.read(&mut [0; 1]).is_ok()),
        ("list a folder", std::fs::read_dir("/").is_ok()),
        ("remove a file", std::fs::remove_file(file).is_ok()),
        ("read the server's environment", std::fs::read(format!("/proc/{parent}/environ")).is_ok()),
        ("read the server's memory map", std::fs::read(format!("/proc/{parent}/maps")).is_ok()),
        ("connect by TCP", TcpStream::connect(address).is_ok()),
        ("listen by TCP", TcpListener::bind("127.0.0.1:0").is_ok()),
        ("make a Unix socket", UnixDatagram::unbound().is_ok()),
        ("start a program", Command::new("/bin/true").status().is_ok()),
        ("start a thread", std::thread::Builder::new().spawn(|| ()).is_ok()),
        ("ask whether the server lives", test_kill_process(server).is_ok()),
        ("end another process", kill_process(decoy, Signal::TERM).is_ok()),
    ];
    for (probe, works) in outcomes {
        println!("{probe}: {}", if works { "works" } else { "denied" });
    }
    ExitCode::SUCCESS
}

/// After a panic, a stack overflow or a failed allocation, the Rust runtime needs system calls to end the process. The isolation
/// must allow these calls.
async fn isolation_does_not_change_how_a_child_fails() {
    for (file_name, code, signal) in [
        ("panics.docx", Some(101), None),
        ("overflows.docx", None, Some(Signal::ABORT)),
        ("devours.docx", None, Some(Signal::ABORT)),
    ] {
        for isolation in [FREE, ISOLATED] {
            let ended = Command::new(std::env::current_exe().unwrap())
                .args(["extract", isolation, file_name])
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&ended.stderr);
            let expected = (code, signal.map(Signal::as_raw));
            assert_eq!((ended.status.code(), ended.status.signal()), expected, "{isolation} {file_name}: {said}");
            assert!(!said.is_empty(), "{isolation} {file_name} says why");
        }
        let outcome = Reader::current_program().unwrap().extract(&b"x"[..], file_name).await;
        assert_eq!(outcome, Err(ExtractError::Crashed), "{file_name}");
    }
}

/// Entry point of a child process. `file_name` selects how the child fails. The child isolates itself unless `isolation` is
/// [`FREE`]. The product passes `--` as `isolation`.
pub fn end(isolation: &str, file_name: &str) -> ExitCode {
    if isolation != FREE {
        confine().unwrap();
    }
    match file_name {
        "panics.docx" => panic!("a fault of a parser"),
        "overflows.docx" => {
            println!("{}", deeper(1));
            ExitCode::SUCCESS
        }
        _ => {
            // This allocation must fail. In an isolated child, it exceeds the address space limit of the child. In any other
            // child, it exceeds the address space of every machine.
            let bytes: Vec<u8> = vec![1; if isolation == FREE { isize::MAX.unsigned_abs() } else { 1 << 30 }];
            println!("{}", bytes.len());
            ExitCode::SUCCESS
        }
    }
}

/// Recursion that the optimizer cannot turn into a loop.
fn deeper(depth: u64) -> u64 {
    let here = [depth; 128];
    std::hint::black_box(&here);
    if depth == 0 { 0 } else { deeper(depth + 1) + here[7] }
}
