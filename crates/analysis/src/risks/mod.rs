#[cfg(test)]
mod absence_tests;
mod assess;
mod days;
mod document;
mod other_agreement;
mod table;
mod uncertain;

use crate::{Risk, Severity};
pub use assess::assess;
pub use document::of_document;
#[cfg(test)]
pub use table::patterns;

fn text_risk(severity: Severity, title: &str, explanation: &str) -> Risk {
    Risk { severity, title: title.to_owned(), explanation: explanation.to_owned(), clause_kind: None }
}
