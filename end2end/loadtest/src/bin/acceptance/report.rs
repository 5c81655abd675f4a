//! The dated report.

use loadtest::Outcome;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

struct Step {
    name: String,
    result: &'static str,
    took: Duration,
    seen: String,
}

pub struct Report {
    is_simulated: bool,
    began: Instant,
    date: String,
    facts: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    failure: Option<String>,
}

impl Report {
    pub fn new(is_simulated: bool) -> Self {
        let date = sqlx::types::chrono::Utc::now().format("%Y-%m-%d %H:%M UTC").to_string();
        Self { is_simulated, began: Instant::now(), date, facts: Vec::new(), steps: Vec::new(), failure: None }
    }

    pub fn fact(&mut self, name: &'static str, value: impl Into<String>) {
        self.facts.push((name, value.into()));
    }

    /// Records a step that passed, with the time since the step before.
    pub fn passed(&mut self, step: &str, seen: impl Into<String>) {
        self.record(step, "passed", seen.into());
    }

    /// Records a step whose result a person must judge.
    pub fn noted(&mut self, step: &str, seen: impl Into<String>) {
        self.record(step, "noted", seen.into());
    }

    fn record(&mut self, step: &str, result: &'static str, seen: String) {
        let before: Duration = self.steps.iter().map(|step| step.took).sum();
        let took = self.began.elapsed().saturating_sub(before);
        println!("{result}  {step} ({:.1} s): {seen}", took.as_secs_f32());
        self.steps.push(Step { name: step.to_owned(), result, took, seen });
    }

    pub fn fail(&mut self, reason: &str) {
        println!("FAILED  after “{}”: {reason}", self.steps.last().map_or("the start", |step| &step.name));
        self.failure = Some(reason.to_owned());
    }

    pub fn write(&self, folder: &Path) -> Outcome<PathBuf> {
        let target = if self.is_simulated { "the simulator: not a real org" } else { "a real Salesforce org" };
        let mut text = format!("# Acceptance test, {}\n\nRun against {target}.\n\n", self.date);
        for (name, value) in &self.facts {
            text.push_str(&format!("- {name}: {value}\n"));
        }
        text.push_str("\n| step | result | seconds | seen |\n|---|---|---|---|\n");
        for Step { name, result, took, seen } in &self.steps {
            text.push_str(&format!("| {name} | {result} | {:.1} | {} |\n", took.as_secs_f32(), seen.replace('|', "\\|")));
        }
        match &self.failure {
            None if self.steps.iter().any(|step| step.result == "noted") => {
                text.push_str("\nNo step failed. Read the steps that are noted.\n");
            }
            None => text.push_str("\nEvery step passed.\n"),
            Some(reason) => text.push_str(&format!("\nFailed, and the following steps were not run: {reason}\n")),
        }
        let minute = self.date.trim_end_matches(" UTC").replace([' ', ':'], "-");
        let path = folder.join(format!("acceptance-{minute}{}.md", if self.is_simulated { "-simulator" } else { "" }));
        std::fs::write(&path, text)?;
        Ok(path)
    }
}
