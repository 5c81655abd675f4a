//! How far a command is, for whoever waits for it: on a terminal one line that changes, elsewhere a line for each step.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// How much more must be done before it is told again, or how long ago it was told.
const STEP: u64 = 1_000;
const PAUSE: Duration = Duration::from_secs(1);

/// What tells how far a command is.
pub struct Progress<W> {
    out: W,
    is_terminal: bool,
    told: Option<(u64, Instant)>,
}

impl Progress<io::Stderr> {
    /// On standard error, so that what the command answers can be read by programs.
    pub fn on_stderr() -> Self {
        let out = io::stderr();
        Self { is_terminal: out.is_terminal(), out, told: None }
    }
}

impl<W: Write> Progress<W> {
    /// Tells that so many of all are done, unless that was told just now. The last one is always told.
    pub fn tell(&mut self, done: u64, all: u64, now: Instant) {
        let is_last = done >= all;
        let is_due = self.told.is_none_or(|(before, at)| done >= before + STEP || now.duration_since(at) >= PAUSE);
        if is_due || is_last {
            self.told = Some((done, now));
            self.write(&format!("{done} of {all} values"), is_last);
        }
    }

    /// Nobody hears it when the line is gone; the command goes on.
    fn write(&mut self, words: &str, is_last: bool) {
        let (before, after) = match (self.is_terminal, is_last) {
            (true, false) => ("\r", ""),
            (true, true) => ("\r", "\n"),
            (false, _) => ("", "\n"),
        };
        drop(write!(self.out, "{before}{words}{after}").and_then(|()| self.out.flush()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(is_terminal: bool, steps: &[(u64, u64)]) -> String {
        let (mut out, beginning) = (Vec::new(), Instant::now());
        let mut progress = Progress { out: &mut out, is_terminal, told: None };
        for (done, millis) in steps {
            progress.tell(*done, 2_500, beginning + Duration::from_millis(*millis));
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_is_told_every_thousand_values_or_every_second_and_at_the_end() {
        let steps = [(100, 0), (200, 10), (1_100, 20), (1_200, 30), (1_300, 1_020), (2_500, 1_030)];
        assert_eq!(told(false, &steps), "100 of 2500 values\n1100 of 2500 values\n1300 of 2500 values\n2500 of 2500 values\n");
    }

    #[test]
    fn on_a_terminal_it_is_one_line() {
        assert_eq!(told(true, &[(100, 0), (2_500, 10)]), "\r100 of 2500 values\r2500 of 2500 values\n");
    }
}
