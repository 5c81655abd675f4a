//! Reports the actions of a run, and which invariants hold.

use crate::Part;
use std::{fmt::Display, time::Instant};

/// Summary of the lines so far. Each line is printed immediately.
#[derive(Debug)]
pub struct Report {
    began: Instant,
    held: usize,
    broken: Vec<String>,
}

impl Report {
    pub fn new(seed: u64, is_postgres: bool) -> Self {
        println!("chaos: seed {seed}, {}", if is_postgres { "three servers on PostgreSQL" } else { "one server on SQLite" });
        Self { began: Instant::now(), held: 0, broken: Vec::new() }
    }

    /// Prints the beginning of a part.
    pub fn begin(&mut self, part: Part) {
        println!("[{:>4} s] {part:?}", self.began.elapsed().as_secs());
    }

    /// Prints an action.
    pub fn did(&self, what: impl Display) {
        println!("         {what}");
    }

    /// Prints and records whether an invariant holds.
    pub fn invariant(&mut self, what: &str, holds: bool, evidence: impl Display) {
        let word = if holds { "holds " } else { "BROKEN" };
        println!("         {word} {what}: {evidence}");
        if holds {
            self.held += 1;
        } else {
            self.broken.push(what.to_owned());
        }
    }

    /// Prints the totals. Returns whether all invariants hold.
    pub fn finish(self) -> bool {
        println!("[{:>4} s] {} invariants held, {} broken", self.began.elapsed().as_secs(), self.held, self.broken.len());
        for what in &self.broken {
            println!("         BROKEN {what}");
        }
        self.broken.is_empty()
    }
}
