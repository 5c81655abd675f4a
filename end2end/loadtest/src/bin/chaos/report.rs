use crate::Part;
use std::fmt::Display;
use std::time::Instant;

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

    pub fn begin(&mut self, part: Part) {
        println!("[{:>4} s] {part:?}", self.began.elapsed().as_secs());
    }

    pub fn did(&self, what: impl Display) {
        println!("         {what}");
    }

    /// Prints the result of checking an invariant, and adds it to the totals.
    pub fn invariant(&mut self, what: &str, holds: bool, evidence: impl Display) {
        let word = if holds { "holds " } else { "BROKEN" };
        println!("         {word} {what}: {evidence}");
        if holds {
            self.held += 1;
        } else {
            self.broken.push(what.to_owned());
        }
    }

    /// Prints the totals. Returns true if all invariants hold.
    pub fn finish(self) -> bool {
        println!("[{:>4} s] {} invariants held, {} broken", self.began.elapsed().as_secs(), self.held, self.broken.len());
        for what in &self.broken {
            println!("         BROKEN {what}");
        }
        self.broken.is_empty()
    }
}
