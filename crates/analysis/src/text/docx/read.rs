use super::part::read_part;
use super::relationships::{Relationship, relationships};
use super::styles::Styles;
use crate::text::layout::append_once;
use crate::text::notices::Notices;
use crate::text::package::Package;
use crate::text::{Document, ExtractError};
use std::collections::HashSet;

/// Usual names of the main part, for packages without a relationship to the main part.
const USUAL_MAIN_PARTS: [&str; 2] = ["word/document.xml", "word/document2.xml"];
/// Kinds of parts that are appended to the body, in this order.
const EXTRA_KINDS: [&str; 4] = ["footnotes", "endnotes", "header", "footer"];
/// Maximum number of appended parts. Documents with more parts usually repeat the same headers and footers in every section.
const MAXIMUM_EXTRA_PARTS: usize = 64;

pub fn read(package: &mut Package<'_>) -> Result<Document, ExtractError> {
    let (name, main) = main_part(package)?;
    let related = relationships(package, &name)?.unwrap_or_else(|| usual_relationships(package));
    let styles = related.iter().find(|part| part.kind == "styles").map(|part| package.part(&part.target)).transpose()?;
    let styles = styles.flatten().map(|xml| Styles::read(&xml)).unwrap_or_default();
    let mut notices = Notices::default();
    let mut text = read_part(&main, &["document"], &styles, &mut notices)?;
    let mut seen = HashSet::new();
    for name in extra_parts(&related) {
        let Some(part) = package.part(name)? else { continue };
        // A broken header or note is skipped, because the contract is still readable.
        let Ok(extra) = read_part(&part, &["hdr", "ftr", "footnotes", "endnotes"], &styles, &mut notices) else { continue };
        append_once(&mut text, &extra, &mut seen);
    }
    if notices.has_imported_parts && !text.chars().any(char::is_alphanumeric) {
        return Err(ExtractError::ImportedPart);
    }
    notices.has_comments = related.iter().any(|part| part.kind == "comments" && package.has(&part.target));
    Ok(notices.document(text))
}

fn main_part(package: &mut Package<'_>) -> Result<(String, Vec<u8>), ExtractError> {
    let of_package = relationships(package, "")?.unwrap_or_default();
    let named = of_package.into_iter().filter(|part| part.kind == "officeDocument" && package.has(&part.target));
    let named: HashSet<String> = named.map(|part| part.target).collect();
    if named.len() > 1 {
        return Err(ExtractError::damaged("it names two main parts, which readers understand differently"));
    }
    let usual = USUAL_MAIN_PARTS.into_iter().find(|name| package.has(name)).map(str::to_owned);
    let Some(name) = named.into_iter().next().or(usual) else { return Err(other_package(package)) };
    if name.starts_with("xl/") || name.starts_with("ppt/") {
        return Err(other_package(package));
    }
    let part = package.part(&name)?.unwrap_or_default();
    if part.is_empty() { Err(ExtractError::damaged("its main part is empty")) } else { Ok((name, part)) }
}

fn other_package(package: &Package<'_>) -> ExtractError {
    let starts = |prefix: &str| package.names().any(|name| name.starts_with(prefix));
    match () {
        () if starts("xl/") => ExtractError::not_supported("an Excel workbook (XLSX)"),
        () if starts("ppt/") => ExtractError::not_supported("a PowerPoint presentation (PPTX)"),
        () if starts("content.xml") => ExtractError::damaged("its package does not name its type"),
        () if starts("word/") || starts("[content_types].xml") => ExtractError::damaged("its main part is missing"),
        () => ExtractError::not_supported("a ZIP archive"),
    }
}

/// Derives relationships from the names of parts, for packages in which the main part has no relationship part.
fn usual_relationships(package: &Package<'_>) -> Vec<Relationship> {
    let kind = |name: &str| {
        let file = name.strip_prefix("word/")?.strip_suffix(".xml")?;
        let kind = file.trim_end_matches(|letter: char| letter.is_ascii_digit());
        (kind == "styles" || kind == "comments" || EXTRA_KINDS.contains(&kind)).then(|| kind.to_owned())
    };
    package.names().filter_map(|name| Some(Relationship { kind: kind(name)?, target: name.to_owned() })).collect()
}

fn extra_parts(related: &[Relationship]) -> Vec<&str> {
    let of_kind = |kind: &'static str| {
        let mut found: Vec<&str> = related.iter().filter(|part| part.kind == kind).map(|part| part.target.as_str()).collect();
        found.sort_by_key(|name| (name.len(), *name));
        found.dedup();
        found
    };
    EXTRA_KINDS.into_iter().flat_map(of_kind).take(MAXIMUM_EXTRA_PARTS).collect()
}
