//! The name of the contract: the first line that reads like a title, else what the first sentence calls it.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use crate::{analysis::heading::heading_of, domain::contract::analysis::ClauseKind};

/// Titles stand in the first lines; later ones are headings.
const TITLE_LINES: usize = 60;

static TITLE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(agreement|contract|lease|license|addendum|amendment|terms of (?:service|use)|terms and conditions|memorandum of understanding|letter of intent|statement of work|deed|order form|nda|bylaws)\b",
    )
});
static NOT_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(exhibit|schedule|annex|appendix|table of|page|ex-|attachment|source:|article|section|this |confidential|execution|draft)|\.{4}|\d$|^\d+(\.\d+)*\.? ",
    )
});
static BEFORE_TITLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:execution\s+(?:version|copy)|final|conformed\s+copy|exhibit\s+[\w.-]+)\s+"));
static AFTER_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\s+(?:T(?:his|HIS)\s|T(?:able|ABLE)\s+(?:of|OF)\s|[Dd]ated\s|DATED\s|(?:by and )?between\s|BETWEEN\s|BY AND BETWEEN\s)",
    )
});
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[A-Z][A-Z&,/'\u{2019}-]+\s+(?:(?:of|and|for|to|the|OF|&)\s+)?){1,10}?(?:AGREEMENT|CONTRACT|LEASE|ADDENDUM|AMENDMENT|PLAN|TERMS OF SERVICE|STATEMENT)\b",
    )
});
static MENTIONED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:[A-Z][a-z&,'-]+\s+(?:(?:and|of|for)\s+)?){1,7}(?:Agreement|Contract)\b"));
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:[Tt]his|THIS)\s+((?:[A-Z][\w&,/'-]*\s+(?:(?:and|of|for|to|the|And|Of)\s+)?){0,9}(?:Agreement|AGREEMENT|Contract|CONTRACT|Amendment|AMENDMENT|Lease|LEASE|Addendum|ADDENDUM))",
    )
});

/// What page headers set between the names they repeat.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*[·|•\t]\s*|\s+[-\u{2013}\u{2014}]\s+"));
/// A line that stands this often in a document is printed on its pages.
const OFTEN: usize = 3;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants, and a test compiles them all")
}

/// The title, when there is one.
pub fn find(text: &str, opening: &str) -> Option<Finding> {
    titled_line(text, opening).or_else(|| capitals(opening)).or_else(|| called(opening))
}

fn titled_line(text: &str, opening: &str) -> Option<Finding> {
    let mut from_header = None;
    let mut at = 0;
    for line in opening.split_inclusive('\n').take(TITLE_LINES) {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        if is_page_header(text, line) {
            // Without any other, the header of the pages tells the title.
            from_header = from_header.or_else(|| in_header(line, start));
        } else if let Some(found) = title_in(line, start) {
            return Some(found);
        }
    }
    from_header
}

fn title_in(line: &str, start: usize) -> Option<Finding> {
    let (lead, title) = trimmed(line);
    let is_title = TITLE_WORD.is_match(title)
        && !NOT_TITLE.is_match(title)
        && heading_of(title).is_some()
        && title.len() > 2
        && title.starts_with(char::is_uppercase);
    is_title.then(|| Finding { kind: ClauseKind::Agreement, range: start + lead..start + lead + title.len(), confidence: 0.9 })
}

/// "Northwind · Supply Agreement · Confidential": several names in one line, or a line that stands on many pages.
fn is_page_header(text: &str, line: &str) -> bool {
    let has_mark = line.contains(['\u{B7}', '|', '\u{2022}', '\t']);
    has_mark
        || SEPARATOR.find_iter(line).count() > 1
        || (TITLE_WORD.is_match(line) && text.lines().filter(|other| other.trim() == line).count() >= OFTEN)
}

fn in_header(line: &str, start: usize) -> Option<Finding> {
    let mut from = 0;
    let ends = SEPARATOR.find_iter(line).map(|found| found.range()).chain(std::iter::once(line.len()..line.len()));
    for separator in ends {
        let piece = &line[from..separator.start];
        if let Some(found) = title_in(piece.trim(), start + from + (piece.len() - piece.trim_start().len())) {
            return Some(Finding { confidence: 0.7, ..found });
        }
        from = separator.end;
    }
    None
}

/// A title without what printers put before it and what runs on after it, and how many bytes were taken before it.
fn trimmed(line: &str) -> (usize, &str) {
    let start = BEFORE_TITLE.find(line).map_or(0, |found| found.end());
    let title = &line[start..];
    let end = AFTER_TITLE.find(title).map_or(title.len(), |found| found.start());
    (start, title[..end].trim_end_matches(['.', ':', '*', '-', ' ', ',']))
}

/// In texts without lines, the title is the first run of capitals that ends like one.
fn capitals(opening: &str) -> Option<Finding> {
    let is_title = |found: &regex::Match<'_>| !found.as_str().starts_with("THIS") && !found.as_str().starts_with("EXHIBIT");
    let found = CAPITALS.find_iter(opening).find(is_title)?;
    Some(Finding { kind: ClauseKind::Agreement, range: found.range(), confidence: 0.8 })
}

fn called(opening: &str) -> Option<Finding> {
    let names = || CALLED.captures_iter(opening).filter_map(|captures| captures.get(1));
    let name = names()
        .find(|name| name.as_str().contains(char::is_whitespace))
        .or_else(|| MENTIONED.find_iter(opening).find(|found| !found.as_str().starts_with("This")))
        .or_else(|| names().next())?;
    Some(Finding { kind: ClauseKind::Agreement, range: name.range(), confidence: 0.75 })
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
    fn a_page_header_is_no_title_but_better_than_none() {
        let header = "Acme Corporation · Master Services Agreement · Confidential";
        assert_eq!(title(&format!("{header}\n\nMASTER SERVICES AGREEMENT\n")), Some("MASTER SERVICES AGREEMENT"));
        assert_eq!(title(&format!("{header}\n\n1. Definitions\n")), Some("Master Services Agreement"));
        assert_eq!(title("Acme - Supply Agreement - Draft\nSUPPLY CONTRACT\n"), Some("SUPPLY CONTRACT"));
        assert_eq!(title("AGREEMENT - PHASE II\n"), Some("AGREEMENT - PHASE II"));
        let pages = "Acme Services Contract\nLEASE\nx\nAcme Services Contract\ny\nAcme Services Contract\n";
        assert_eq!(title(pages), Some("LEASE"));
    }
}
