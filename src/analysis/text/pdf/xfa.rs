//! Dynamic XFA forms: the viewer generates the pages, and the file contains a placeholder page.

use super::form::{Form, letters};

/// The English placeholder page of Adobe has some 800 letters.
const LONGEST_PLACEHOLDER: usize = 1_500;
/// Beginnings of placeholder pages, for forms without `NeedsRendering`.
const BEGINNINGS: [&str; 8] =
    ["please wait", "bitte warten", "veuillez patienter", "espere", "por favor, espere", "attendere", "aguarde", "even geduld"];

/// Whether the text is only that of a placeholder page.
pub fn is_dynamic(form: &Form, text: &str) -> bool {
    if !form.is_xfa {
        return false;
    }
    let values: usize = form.entries.iter().map(|entry| count(&entry.name) + count(&entry.text)).sum();
    let own = count(text).saturating_sub(values);
    let start = text.trim_start().to_lowercase();
    let asks_to_wait = BEGINNINGS.iter().any(|beginning| start.starts_with(beginning));
    own == 0 || ((form.needs_rendering || asks_to_wait) && own < LONGEST_PLACEHOLDER)
}

fn count(text: &str) -> usize {
    letters(text).chars().count()
}
