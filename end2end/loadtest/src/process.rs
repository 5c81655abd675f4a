//! CPU time and memory of a process.

use crate::Outcome;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Duration of a tick. The kernel reports CPU time in ticks of 1/100 s (`USER_HZ`).
const MILLISECONDS_PER_TICK: u64 = 10;

/// Returns the CPU time of a process without its child processes.
pub fn processor_time(process: u32) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the program name in parentheses. The name can contain any character, so the last `) ` ends the field.
    let (_, fields) = stat.rsplit_once(") ").ok_or("no fields in stat")?;
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(|field| field.parse().unwrap_or(0)).sum();
    Ok(Duration::from_millis(ticks * MILLISECONDS_PER_TICK))
}

pub fn resident_bytes(process: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in status")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

/// Measures the memory of a process until [`MemoryWatch::most`] is called.
pub struct MemoryWatch {
    end: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

const POLL_INTERVAL: Duration = Duration::from_millis(10);

impl MemoryWatch {
    pub fn start(process: u32) -> Self {
        let (end, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (ended, seen) = (end.clone(), most.clone());
        let thread = std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                seen.fetch_max(resident_bytes(process).unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(POLL_INTERVAL);
            }
        });
        Self { end, most, thread }
    }

    /// Stops the measurements. Returns the highest value in bytes.
    pub fn most(self) -> u64 {
        self.end.store(true, Ordering::Relaxed);
        drop(self.thread.join());
        self.most.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory_and_in_time_the_processor() {
        let me = std::process::id();
        let watch = MemoryWatch::start(me);
        assert!(resident_bytes(me).unwrap() > 100_000);
        assert!(watch.most() < 100_000_000_000);
        let mut sum = 0_u64;
        while processor_time(me).unwrap().is_zero() {
            sum = std::hint::black_box((0..1_000_000_u64).fold(sum, u64::wrapping_add));
        }
        assert!(processor_time(u32::MAX).is_err());
    }
}
