//! Finds the title of a contract: the first line that resembles a title, or a name in a phrase such as "This Supply Agreement".

use crate::ClauseKind;
use crate::clauses::finding::{Finding, range_of};
use crate::clauses::heading::heading_of;
use crate::patterns::patterns;

const TITLE_LINES: usize = 60;

patterns! {
    TITLE_WORD = r"(?i)\b(agreement|contract|lease|license|addendum|amendment|terms of (?:service|use)|terms and conditions|memorandum of understanding|letter of intent|statement of work|deed|order form|nda|bylaws)\b";
    NOT_TITLE = r"(?i)^(exhibit|schedule|annex|appendix|table of|page|ex-|attachment|source:|article|section|this |confidential|execution|draft)|\.{4}|\d$|^\d+(\.\d+)*\.? ";
    BEFORE_TITLE = r"(?i)^(?:execution\s+(?:version|copy)|final|conformed\s+copy|exhibit\s+[\w.-]+)\s+";
    AFTER_TITLE = r"\s+(?:T(?:his|HIS)\s|T(?:able|ABLE)\s+(?:of|OF)\s|[Dd]ated\s|DATED\s|(?:by and )?between\s|BETWEEN\s|BY AND BETWEEN\s)";
    CAPITALS = r"\b(?:[A-Z][A-Z&,/'\u{2019}-]+\s+(?:(?:of|and|for|to|the|OF|&)\s+)?){1,10}?(?:AGREEMENT|CONTRACT|LEASE|ADDENDUM|AMENDMENT|PLAN|TERMS OF SERVICE|STATEMENT)\b";
    MENTIONED = r"\b(?:[A-Z][a-z&,'-]+\s+(?:(?:and|of|for)\s+)?){1,7}(?:Agreement|Contract)\b";
    CALLED = r"(?:[Tt]his|THIS)\s+((?:[A-Z][\w&,/'-]*\s+(?:(?:and|of|for|to|the|And|Of)\s+)?){0,9}(?:Agreement|AGREEMENT|Contract|CONTRACT|Amendment|AMENDMENT|Lease|LEASE|Addendum|ADDENDUM))";
    SEPARATOR = r"\s*[·|•\t]\s*|\s+[-\u{2013}\u{2014}]\s+";
}
/// Minimum number of occurrences of a line that is a page header.
const HEADER_REPETITIONS: usize = 3;

pub fn find(text: &str, opening: &str) -> Option<Finding> {
    let (title, confidence) = titled_line(text, opening)
        .or_else(|| Some((capitals(opening)?, 0.8)))
        .or_else(|| Some((name_in_sentence(opening)?, 0.75)))?;
    Some(Finding { kind: ClauseKind::Agreement, range: range_of(title, opening), confidence })
}

fn titled_line<'t>(text: &str, opening: &'t str) -> Option<(&'t str, f64)> {
    let mut from_header = None;
    for line in opening.lines().take(TITLE_LINES).map(str::trim) {
        if is_page_header(text, line) {
            // A title in a page header is used only if no other line is a title.
            from_header = from_header.or_else(|| SEPARATOR.split(line).find_map(|part| Some((title_in(part.trim())?, 0.7))));
        } else if let Some(title) = title_in(line) {
            return Some((title, 0.9));
        }
    }
    from_header
}

fn title_in(line: &str) -> Option<&str> {
    let title = without_additions(line);
    let is_title = TITLE_WORD.is_match(title)
        && !NOT_TITLE.is_match(title)
        && heading_of(title).is_some()
        && title.len() > 2
        && title.starts_with(char::is_uppercase);
    is_title.then_some(title)
}

/// Returns true if a line has several parts, as in "Northwind · Supply Agreement · Confidential", or occurs on several pages.
fn is_page_header(text: &str, line: &str) -> bool {
    line.contains(['\u{B7}', '|', '\u{2022}', '\t'])
        || SEPARATOR.find_iter(line).count() > 1
        || (TITLE_WORD.is_match(line) && text.lines().filter(|other| other.trim() == line).count() >= HEADER_REPETITIONS)
}

/// Removes prefixes such as "execution version" from a line, and the text after the title.
fn without_additions(line: &str) -> &str {
    let title = &line[BEFORE_TITLE.find(line).map_or(0, |found| found.end())..];
    let end = AFTER_TITLE.find(title).map_or(title.len(), |found| found.start());
    title[..end].trim_end_matches(['.', ':', '*', '-', ' ', ','])
}

/// Returns the first sequence of words in capitals that ends like a title. Finds titles in texts without line breaks.
fn capitals(opening: &str) -> Option<&str> {
    let mut runs = CAPITALS.find_iter(opening).map(|found| found.as_str());
    runs.find(|run| !run.starts_with("THIS") && !run.starts_with("EXHIBIT"))
}

fn name_in_sentence(opening: &str) -> Option<&str> {
    let names = || CALLED.captures_iter(opening).filter_map(|captures| captures.get(1)).map(|name| name.as_str());
    let mut mentioned = MENTIONED.find_iter(opening).map(|found| found.as_str());
    names()
        .find(|name| name.contains(char::is_whitespace))
        .or_else(|| mentioned.find(|name| !name.starts_with("This")))
        .or_else(|| names().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(text: &str) -> Option<&str> {
        find(text, text).map(|finding| &text[finding.range])
    }

    #[test]
    fn the_first_title_line_wins_over_exhibit_numbers() {
        assert_eq!(title("EXHIBIT 10.6\n\n  DISTRIBUTOR AGREEMENT\n\nTHIS AGREEMENT"), Some("DISTRIBUTOR AGREEMENT"));
    }

    #[test]
    fn without_a_title_line_the_first_sentence_names_the_contract() {
        assert_eq!(title("1\nThis Master Services Agreement is made by"), Some("Master Services Agreement"));
        assert_eq!(title("Dear Sir,\nthank you for your letter."), None);
    }

    #[test]
    fn a_page_header_is_the_title_only_if_there_is_no_other() {
        let header = "Acme Corporation · Master Services Agreement · Confidential";
        assert_eq!(title(&format!("{header}\n\nMASTER SERVICES AGREEMENT\n")), Some("MASTER SERVICES AGREEMENT"));
        assert_eq!(title(&format!("{header}\n\n1. Definitions\n")), Some("Master Services Agreement"));
        assert_eq!(title("Acme - Supply Agreement - Draft\nSUPPLY CONTRACT\n"), Some("SUPPLY CONTRACT"));
        assert_eq!(title("AGREEMENT - PHASE II\n"), Some("AGREEMENT - PHASE II"));
        let pages = "Acme Services Contract\nLEASE\nx\nAcme Services Contract\ny\nAcme Services Contract\n";
        assert_eq!(title(pages), Some("LEASE"));
    }
}
