//! Finds the date in the opening of a contract, and the sentences that set the effective date.

use crate::ClauseKind;
use crate::clauses::finding::Finding;
use crate::clauses::segment::Sentence;
use crate::patterns::patterns;

const MONTHS: &str = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER|Jan\.?|Feb\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)";
const BLANK: &str = r"[_\s\[\]*.\u{2022}\u{25CF}]";
const MAXIMUM_SENTENCES: usize = 1;

patterns! {
    DATE = &format!(r"(?:\d{{1,2}}\s?(?:st|nd|rd|th|ST|ND|RD|TH)?|[_\[\]*]{{2,}}(?:st|nd|rd|th)?)\s*(?:day\s+of|DAY\s+OF|of)?\s*{MONTHS},?\s*(?:of\s+)?(?:\d{{4}}|\d\d?{BLANK}+|{BLANK}{{2,}}\d*)|{MONTHS}\s+(?:\d{{1,2}}|[_\[\]*\u{{2022}}]+)\s?(?:st|nd|rd|th)?\s?,?\s+(?:\d{{4}}|20_+|\[?_+\]?)|\b\d{{1,2}}[/-]\d{{1,2}}[/-](?:\d{{4}}|\d\d)\b|{MONTHS},?\s+\d{{4}}|\b\d{{4}}-\d\d-\d\d\b");
    EFFECTIVE = r#"(agreement|contract|amendment|addendum|plan|lease)\b.{0,60} (shall|will|is|becomes?|shall be|takes?)( \w+){0,2} (effective|effect|into force|into effect)|(agreement|contract|amendment) .{0,30}(enters? into force|takes? effect|comes? into force)|"effective date" (means|shall mean|shall be|is)|effective date of this (agreement|amendment|contract) (is|shall be|will be|means)"#;
    NOT_EFFECTIVE = r"in effect|has the meaning|\bnotice|amendment.{0,60}effective|modification|terminat\w+ .{0,40}effective|counterpart|waiver|no amendment|unless .{0,40}writing";
}

pub fn find(text: &str, opening: &str, sentences: &[Sentence]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let dated = opening_date(opening).or_else(|| last_date(text));
    if let Some(date) = dated {
        findings.push(Finding { kind: ClauseKind::EffectiveDate, range: date.range(), confidence: 0.85 });
    }
    let sets_date = |sentence: &&Sentence| EFFECTIVE.is_match(&sentence.normal) && !NOT_EFFECTIVE.is_match(&sentence.normal);
    for sentence in sentences.iter().filter(sets_date).take(MAXIMUM_SENTENCES) {
        if dated.is_none_or(|date| !sentence.range.contains(&date.start())) {
            findings.push(Finding { kind: ClauseKind::EffectiveDate, range: sentence.range.clone(), confidence: 0.6 });
        }
    }
    findings
}

/// Returns the first date after a phrase such as "made as of". If there is no such date, returns the first date that is not a
/// filing date.
fn opening_date(opening: &str) -> Option<regex::Match<'_>> {
    patterns! {
        BEFORE = r"(?i)(\bdated?|\bas of|\bmade|entered|effective|executed|\bthis|\bon|\bday|agreement)\b[^a-z0-9]{0,40}(?:(?:as of|this|on|the|date|day|into|is)\b[^a-z0-9]{0,10}){0,4}$";
        FILING = r"(?i)(source:|filed|filing|10-[kq]|8-k|s-1|execution version|draft)[^\n]{0,60}$";
        /// Matches text before the date of another contract, such as "under the Master Services Agreement dated ".
        OTHER = r"(?i)\b(?:under|pursuant\s+to|to|amends|in|of)\s+(?:the|that\s+certain|a|an)\s[^.;]{0,120}\b(?:agreement|contract|lease|license)\b[^.;]{0,40}\bdated(?:\s+as\s+of)?\s+$";
    }
    let before = |found: &regex::Match<'_>, bytes: usize| {
        &opening[opening.floor_char_boundary(found.start().saturating_sub(bytes))..found.start()]
    };
    let dates = || DATE.find_iter(opening).filter(|found| !FILING.is_match(before(found, 90)));
    let own = || dates().filter(|found| !OTHER.is_match(before(found, 220)));
    own().find(|found| BEFORE.is_match(before(found, 90))).or_else(|| own().next()).or_else(|| dates().next())
}

/// Returns the first date near the end of the text, where letters and short agreements contain their date.
fn last_date(text: &str) -> Option<regex::Match<'_>> {
    const ENDING_BYTES: usize = 4_000;
    let start = text.floor_char_boundary(text.len().saturating_sub(ENDING_BYTES));
    DATE.find_at(text, start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_date_formats_are_recognized() {
        for date in
            ["7th day of September, 1999", "July 20, 2018", "January 21st, 2002", "30 June 2020", "12-23-2019", "2024-01-31"]
        {
            let text = format!("made on {date} between");
            assert_eq!(DATE.find(&text).map(|found| found.as_str()), Some(date), "{date}");
        }
        assert!(EFFECTIVE.is_match("this agreement shall become effective on signature"));
        assert!(!NOT_EFFECTIVE.is_match("this agreement shall become effective on signature"));
    }

    #[test]
    fn the_date_of_another_contract_is_ignored() {
        let text = "This Order Form is entered into under the Master Services Agreement dated June 2, 2025, and is effective as of April 1, 2026.";
        assert_eq!(opening_date(text).map(|found| found.as_str()), Some("April 1, 2026"));
        assert_eq!(opening_date("AGREEMENT dated June 2, 2025").map(|found| found.as_str()), Some("June 2, 2025"));
    }
}
