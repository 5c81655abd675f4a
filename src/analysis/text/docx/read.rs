//! The parts of a Word document in reading order: body, notes, then what headers and footers add.

use std::collections::HashSet;

use super::package::Package;
use super::part::{Notices, read_part};
use super::styles::hidden_styles;
use crate::analysis::text::{Document, ExtractError};

const MAIN_PART: &str = "word/document.xml";
/// Headers and footers per document; sections beyond it repeat what others say.
const MAXIMUM_EXTRA_PARTS: usize = 64;

/// Reads the text of a Word document.
pub fn read(bytes: &[u8]) -> Result<Document, ExtractError> {
    let mut package = Package::open(bytes)?;
    let names = package.names();
    let main = main_part(&mut package, &names)?;
    let hidden = match package.part("word/styles.xml")? {
        Some(styles) => hidden_styles(&styles),
        None => HashSet::new(),
    };
    let mut notices = Notices::default();
    let mut text = read_part(&main, &["document"], &hidden, &mut notices)?;
    let mut seen = HashSet::new();
    for name in extra_parts(&names) {
        let Some(part) = package.part(&name)? else { continue };
        // A broken header does not make the contract unreadable.
        let Ok(extra) = read_part(&part, &["hdr", "ftr", "footnotes", "endnotes"], &hidden, &mut notices) else { continue };
        let extra = extra.trim().to_owned();
        if !extra.is_empty() && seen.insert(extra.clone()) {
            text.push_str("\n\n");
            text.push_str(&extra);
        }
    }
    Ok(Document {
        text,
        warnings: warnings(&notices, &names),
        has_open_changes: notices.has_tracked_changes,
        unseen: notices.unseen.worth_telling(),
        ..Document::default()
    })
}

fn main_part(package: &mut Package<'_>, names: &[String]) -> Result<Vec<u8>, ExtractError> {
    if let Some(part) = package.part(MAIN_PART)? {
        return if part.is_empty() { Err(ExtractError::damaged("its main part is empty")) } else { Ok(part) };
    }
    if let Some(part) = package.part("word/document2.xml")? {
        return Ok(part);
    }
    Err(other_package(names))
}

fn other_package(names: &[String]) -> ExtractError {
    let starts = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
    match () {
        () if starts("xl/") => ExtractError::not_supported("an Excel workbook (XLSX)"),
        () if starts("ppt/") => ExtractError::not_supported("a PowerPoint presentation (PPTX)"),
        () if starts("content.xml") => ExtractError::not_supported("an OpenDocument file"),
        () if starts("word/") || starts("[Content_Types].xml") => ExtractError::damaged("its main part is missing"),
        () => ExtractError::not_supported("a ZIP archive"),
    }
}

fn extra_parts(names: &[String]) -> Vec<String> {
    let numbered = |prefix: &str| {
        let mut found: Vec<&String> = names.iter().filter(|name| name.starts_with(prefix) && name.ends_with(".xml")).collect();
        found.sort_by_key(|name| (name.len(), name.as_str()));
        found.into_iter().cloned().collect::<Vec<_>>()
    };
    ["word/footnotes", "word/endnotes", "word/header", "word/footer"]
        .into_iter()
        .flat_map(numbered)
        .take(MAXIMUM_EXTRA_PARTS)
        .collect()
}

fn warnings(notices: &Notices, names: &[String]) -> Vec<String> {
    let mut warnings = Vec::new();
    if notices.has_tracked_changes {
        warnings.push(
            "The document has tracked changes that nobody accepted or rejected yet. It was read as if all were accepted: \
             insertions are part of the text, deletions are not."
                .to_owned(),
        );
    }
    if notices.has_hidden_text {
        warnings.push("Hidden text was left out.".to_owned());
    }
    if notices.has_faint_text {
        warnings.push("Some text is white or too small to be read by people; it was read like the rest.".to_owned());
    }
    if names.iter().any(|name| name == "word/comments.xml") {
        warnings.push("The document has comments; they were not read.".to_owned());
    }
    if notices.has_foreign_content {
        warnings.push("The document includes another file that was not read.".to_owned());
    }
    warnings
}
