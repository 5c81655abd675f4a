use super::form::{self, Form};
use super::lines::plain;
use super::{hidden_text, rewrite, size, xfa};
use crate::text::{Document, ExtractError};
use pdf_inspector::{MarkdownOptions, PdfError, PdfOptions, PdfProcessResult, PdfType, ProcessMode};

const MAXIMUM_PAGES: u32 = 5_000;
/// Limit for the unpacked size of a page in a document without text. If such a document has a larger page, it counts as a
/// decompression bomb.
const SUSPICIOUS_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Reads the text of a PDF. Keeps at most one parsed document, because a parsed document uses as much memory as the file.
pub fn read(bytes: &[u8]) -> Result<Document, ExtractError> {
    let opened = size::open(bytes);
    let largest_page = opened.as_ref().map_or(Ok(0), |document| size::largest_page(document, MAXIMUM_PAGES as usize))?;
    let mut form = opened.as_ref().map(form::read).unwrap_or_default();
    let with_values = opened.filter(|_| form.has_values || !form.entries.is_empty());
    let with_values = with_values.and_then(|document| rewrite::rewrite(document, &form, bytes.len()));
    let bytes = with_values.as_deref().unwrap_or(bytes);
    match process(bytes, ProcessMode::DetectOnly) {
        Err(ExtractError::Encrypted) => return Err(ExtractError::Encrypted),
        Ok(detected) if detected.page_count > MAXIMUM_PAGES => {
            return Err(ExtractError::too_large("it has more than 5,000 pages"));
        }
        // Continues after other errors, because the document may be readable even if its pages cannot be counted.
        _ => {}
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
    let hidden_values = std::mem::take(&mut form.hidden_text);
    let hidden_text = size::open(bytes).and_then(|document| hidden_text::find(bytes, document, hidden_values).significant());
    let mut warnings = warnings(&result, &form);
    if hidden_text.is_some() {
        warnings.push("The document contains text that a reader does not see.".to_owned());
    }
    let has_unread_pages = pages_without_letters(&result) > 0;
    Ok(Document { warnings, pages: Some(result.page_count), text, hidden_text, has_unread_pages, ..Document::default() })
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

/// Returns the number of pages that contain pictures instead of text.
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
