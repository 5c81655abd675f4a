//! Forms that a viewer makes at the moment of opening (XFA): the pages in the file only ask to wait.

use super::form::{Form, letters};

/// The usual page that asks to wait, in English, has some 800 letters.
const LONGEST_PLACEHOLDER: usize = 1_500;
/// How it begins, where the form does not say that its pages have to be made.
const BEGINNINGS: [&str; 8] =
    ["please wait", "bitte warten", "veuillez patienter", "espere", "por favor, espere", "attendere", "aguarde", "even geduld"];

/// Whether the text of the pages stands in for others that are not in the file.
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
