//! Table of measured values and their goals.

use std::time::Duration;

/// Rows of name, value, goal and remark. [`Table::add`] also prints each row immediately.
#[derive(Debug, Default)]
pub struct Table(Vec<[String; 4]>);

#[derive(Clone, Copy, Debug)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// The value has no goal, but helps to interpret other values.
    None,
}

impl Table {
    pub fn add(&mut self, what: &str, figure: f64, unit: &str, goal: Goal, remark: &str) {
        let (wanted, is_met) = match goal {
            Goal::AtLeast(least) => (format!("at least {}", number(least)), Some(figure >= least)),
            Goal::AtMost(most) => (format!("at most {}", number(most)), Some(figure <= most)),
            Goal::None => (String::new(), None),
        };
        let met = match is_met {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        let row = [what.to_owned(), format!("{} {unit}", number(figure)), wanted, format!("{met:<4}{remark}")];
        eprintln!("    {}", line(&row));
        self.0.push(row);
    }

    pub fn add_time(&mut self, what: &str, time: Duration, goal: Goal, remark: &str) {
        self.add(what, time.as_secs_f64() * 1_000.0, "ms", goal, remark);
    }

    pub fn print(&self) {
        println!("{}", line(&["figure".into(), "measured".into(), "goal".into(), "met, beside what".into()]));
        for row in &self.0 {
            println!("{}", line(row));
        }
    }
}

fn line([what, figure, goal, rest]: &[String; 4]) -> String {
    format!("{what:<58} {figure:>14}   {goal:<14} {rest}").trim_end().to_owned()
}

fn number(figure: f64) -> String {
    match figure {
        figure if figure >= 100.0 => format!("{figure:.0}"),
        figure if figure >= 10.0 => format!("{figure:.1}"),
        figure => format!("{figure:.2}"),
    }
}
