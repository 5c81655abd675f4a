mod docx;
mod error;
mod extract;
mod hidden_text;
mod layout;
mod normalize;
mod notices;
mod odt;
mod package;
mod pdf;
mod plain;
mod rtf;
mod sniff;
mod symbols;
#[cfg(test)]
mod tests;
mod xml;

pub use error::ExtractError;
pub use extract::{Document, MAXIMUM_TEXT_BYTES, extract};

/// Replaces each sequence of whitespace by a single space.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts a text after `maximum` characters, and adds an ellipsis if the text was longer.
pub(crate) fn ellipsize(text: &str, maximum: usize) -> String {
    match text.char_indices().nth(maximum) {
        Some((end, _)) => format!("{}\u{2026}", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Joins texts as in "a, b and c". Returns `None` if there are no texts.
pub(crate) fn listed(parts: &[String]) -> Option<String> {
    let (last, first) = parts.split_last()?;
    Some(if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) })
}
