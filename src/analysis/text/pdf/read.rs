//! The text of a PDF; scans, passwords, bombs and page floods are named as such.

use pdf_inspector::{MarkdownOptions, PdfError, PdfOptions, PdfProcessResult, PdfType, ProcessMode};

use super::form::Form;
use super::lines::plain;
use super::{form, rewrite, size, unseen, xfa};
use crate::analysis::text::{Document, ExtractError};

/// More pages than any contract has.
const MAXIMUM_PAGES: u32 = 5_000;
/// Where no text was found, a page that unpacks to more than this is a bomb and neither empty nor a scan.
const SUSPICIOUS_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Reads the text of a PDF. Only one copy of the document is open at a time: one of 100 MB takes as much memory.
pub fn read(bytes: &[u8]) -> Result<Document, ExtractError> {
    let opened = size::open(bytes);
    let largest_page = match &opened {
        Some(document) => size::largest_page(document, MAXIMUM_PAGES as usize)?,
        None => 0,
    };
    let mut form = opened.as_ref().map(form::read).unwrap_or_default();
    let with_values = opened.filter(|_| form.has_values || !form.entries.is_empty());
    let with_values = with_values.and_then(|document| rewrite::rewrite(document, &form, bytes.len()));
    let bytes = with_values.as_deref().unwrap_or(bytes);
    let seen = process(bytes, ProcessMode::DetectOnly);
    if matches!(&seen, Err(ExtractError::Encrypted)) {
        return Err(ExtractError::Encrypted);
    }
    // A document whose pages cannot be counted may still be readable.
    if seen.is_ok_and(|seen| seen.page_count > MAXIMUM_PAGES) {
        return Err(ExtractError::too_large("it has more than 5,000 pages"));
    }
    let result = process(bytes, ProcessMode::Full)?;
    let text = plain(result.markdown.as_deref().unwrap_or_default());
    if xfa::is_dynamic(&form, &text) {
        return Err(ExtractError::DynamicForm);
    }
    if !text.chars().any(char::is_alphanumeric) {
        let error = if largest_page > SUSPICIOUS_PAGE_BYTES { size::bomb() } else { without_text(&result) };
        if error != ExtractError::Empty || form.entries.is_empty() {
            return Err(error);
        }
    }
    let text = form.with_missing(text);
    let found = std::mem::take(&mut form.unseen);
    let unseen = size::open(bytes).and_then(|document| unseen::find(bytes, document, found).worth_telling());
    let mut warnings = warnings(&result, &form);
    if unseen.is_some() {
        warnings.push("The document contains text that a reader does not see.".to_owned());
    }
    Ok(Document { warnings, pages: Some(result.page_count), text, unseen, ..Document::default() })
}

fn process(bytes: &[u8], mode: ProcessMode) -> Result<PdfProcessResult, ExtractError> {
    let markdown = MarkdownOptions {
        detect_headers: false,
        detect_lists: false,
        detect_code: false,
        format_urls: false,
        detect_bold: false,
        detect_italic: false,
        detect_underline: false,
        include_links: false,
        ..MarkdownOptions::default()
    };
    let options = PdfOptions::new().mode(mode).markdown(markdown);
    pdf_inspector::process_pdf_mem_with_options(bytes, options).map_err(|error| match error {
        PdfError::Encrypted => ExtractError::Encrypted,
        PdfError::NotAPdf(_) => ExtractError::damaged("it is no PDF file inside"),
        PdfError::InvalidStructure => ExtractError::damaged("the table of its contents is broken"),
        PdfError::Io(_) | PdfError::Parse(_) => ExtractError::damaged("its structure cannot be followed"),
    })
}

fn without_text(result: &PdfProcessResult) -> ExtractError {
    let is_silent = result.ocr_reasons_by_page.is_empty();
    let is_scan = is_silent && matches!(result.pdf_type, PdfType::Scanned | PdfType::ImageBased);
    if is_scan || pages_without_letters(result) > 0 {
        ExtractError::Scanned { pages: result.page_count }
    } else {
        ExtractError::Empty
    }
}

/// Pages that show something whose letters cannot be read; a blank page is none.
fn pages_without_letters(result: &PdfProcessResult) -> usize {
    let shows_pictures = |reason: &String| {
        [pdf_inspector::OCR_REASON_SCANNED, pdf_inspector::OCR_REASON_VECTOR_TEXT, pdf_inspector::OCR_REASON_INVISIBLE_TEXT_LAYER]
            .contains(&reason.as_str())
    };
    result.ocr_reasons_by_page.iter().filter(|page| page.reasons.iter().any(shows_pictures)).count()
}

fn warnings(result: &PdfProcessResult, form: &Form) -> Vec<String> {
    let mut warnings = Vec::new();
    let missing = pages_without_letters(result);
    if missing > 0 {
        warnings.push(format!("{missing} of {} pages hold pictures whose text, if any, was not read.", result.page_count));
    }
    if result.has_encoding_issues {
        warnings.push("Some letters of the document could not be decoded.".into());
    }
    warnings.extend(form.warnings());
    warnings
}
