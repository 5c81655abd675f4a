use super::form::{Form, letters};

/// Maximum length of a placeholder page. The English placeholder page of Adobe has about 800 letters.
const MAXIMUM_PLACEHOLDER_LETTERS: usize = 1_500;
/// Beginnings of placeholder pages, for forms without `NeedsRendering`.
const BEGINNINGS: [&str; 8] =
    ["please wait", "bitte warten", "veuillez patienter", "espere", "por favor, espere", "attendere", "aguarde", "even geduld"];

/// Returns true if the viewer generates the pages of the document, so that the file contains only a placeholder page.
pub fn is_dynamic(form: &Form, text: &str) -> bool {
    if !form.is_xfa {
        return false;
    }
    let values: usize = form.entries.iter().map(|entry| count(&entry.name) + count(&entry.text)).sum();
    let own = count(text).saturating_sub(values);
    let start = text.trim_start().to_lowercase();
    let asks_to_wait = BEGINNINGS.iter().any(|beginning| start.starts_with(beginning));
    own == 0 || ((form.needs_rendering || asks_to_wait) && own < MAXIMUM_PLACEHOLDER_LETTERS)
}

fn count(text: &str) -> usize {
    letters(text).chars().count()
}
