//! Progress output of a long command. On a terminal, one line is overwritten. Otherwise each step is a separate line.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Number of values after which progress is printed, even before [`INTERVAL`] has passed.
const STEP: u64 = 1_000;
const INTERVAL: Duration = Duration::from_secs(1);

pub struct Progress<W> {
    out: W,
    is_terminal: bool,
    printed: Option<(u64, Instant)>,
}

impl Progress<io::Stderr> {
    /// Prints to standard error, because programs may parse standard output.
    pub fn on_stderr() -> Self {
        let out = io::stderr();
        Self { is_terminal: out.is_terminal(), out, printed: None }
    }
}

impl<W: Write> Progress<W> {
    /// Prints the progress if it is due. The last step is always printed.
    pub fn update(&mut self, done: u64, all: u64, now: Instant) {
        let is_last = done >= all;
        let is_due = self.printed.is_none_or(|(before, at)| done >= before + STEP || now.duration_since(at) >= INTERVAL);
        if is_due || is_last {
            self.printed = Some((done, now));
            let start = if self.is_terminal { "\r" } else { "" };
            let end = if self.is_terminal && !is_last { "" } else { "\n" };
            // Write errors are ignored, so that the command continues if standard error is closed.
            drop(write!(self.out, "{start}{done} of {all} values{end}").and_then(|()| self.out.flush()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(is_terminal: bool, steps: &[(u64, u64)]) -> String {
        let (mut out, start) = (Vec::new(), Instant::now());
        let mut progress = Progress { out: &mut out, is_terminal, printed: None };
        for (done, millis) in steps {
            progress.update(*done, 2_500, start + Duration::from_millis(*millis));
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn progress_is_printed_every_thousand_values_every_second_and_at_the_end() {
        let steps = [(100, 0), (200, 10), (1_100, 20), (1_200, 30), (1_300, 1_020), (2_500, 1_030)];
        assert_eq!(printed(false, &steps), "100 of 2500 values\n1100 of 2500 values\n1300 of 2500 values\n2500 of 2500 values\n");
        assert_eq!(printed(true, &[(100, 0), (2_500, 10)]), "\r100 of 2500 values\r2500 of 2500 values\n");
    }
}
