//! Who the parties are: names and defined roles in the first sentence ("between X ("Customer") and Y").

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use crate::domain::contract::analysis::ClauseKind;

/// Contracts with more parties list them elsewhere.
const MAXIMUM_PARTIES: usize = 16;
/// How far the description of the parties may reach.
const PREAMBLE_BYTES: usize = 3_500;
/// Where parties without roles are named.
const NEAR_BYTES: usize = 900;
const MAXIMUM_NAME_BYTES: usize = 110;

static BEGINNING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(by\s+and\s+between|by\s+and\s+among|between|among|by\s+and\s+amongst|amongst)\b|\bPART(?:Y|IES)\s*:|made\s+by|entered\s+into\s+by",
    )
});
static ENDING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)witnesseth|\brecitals?\b|\bwhereas\b|now,?\s+therefore|\bbackground\b|agree\s+as\s+follows|\n\s*1\.|\bdefinitions\b|\.\s*\n\s*\n",
    )
});
static ROLES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\(([^()]{0,160})\)|(?:hereinafter|hereafter|herein|referred\s+to\s+as|called)\s([^"\u{201C}()]{0,60}["\u{201C}][^"\u{201D}]{1,50}["\u{201D}])"#,
    )
});
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"["\u{201C}\u{201D}]\s*([^"\u{201C}\u{201D}]{1,60}?)\s*,?\s*["\u{201C}\u{201D}]"#));
static NOT_ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)agreement|contract\b|effective|\bdate\b|^part(y|ies)$|^the part|^each|amendment|\bterm\b|^act$|territory|notes$|debenture|securities|indenture|^we$|products?$|services?$|affiliate|letter|^sec$|plan$|commission|^purpose$|^project$|^transactions?$|information$",
    )
});
static NAME_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x),?\s+(?:a|an|as|with|whose|having|located|organi[sz]ed|incorporated|existing|duly|together|acting|by|on|residing|at|doing|d/b/a|through|individually|hereinafter|herein|hereafter|collectively|which|who|both|its|located|being|established|registered|formed|in|is|are|each|jointly|severally|solely|for|from|under|including|set|dated|listed)\s
        | ,\s+(?:the\s|\d|[A-Z]\w+\s(?:Street|Avenue|Road)) | \s?\( | ; | : | \s\d{2,} | \n\s*\n | \s+(?:and|AND)\s+ | ["\u{201C}]"#,
    )
});
static SUFFIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(inc|corp|corporation|company|co|ltd|limited|llc|l\.l\.c|lp|l\.p|llp|plc|gmbh|ag|s\.a|sa|n\.v|b\.v|bv|trust|bank|university|partners|fund|n\.a|s\.p\.a|pty|kg|association|foundation|institute|group|holdings|partnership)\b",
    )
});

static COMPANY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:[A-Z][\w&.'\u{2019}-]*,?\s+(?:(?:of|and|the|for|&)\s+)?){1,7}(?:Inc\b\.?|INC\b\.?|Corp\b\.?|CORP\b\.?|Corporation|CORPORATION|LLC|L\.L\.C\.|Ltd\b\.?|LTD\b\.?|Limited|LIMITED|LLP|L\.P\.|LP\b|PLC|plc|GmbH|AG\b|S\.A\.|N\.V\.|B\.V\.|N\.A\.)",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants, and a test compiles them all")
}

/// Names and roles of the parties.
pub fn find(opening: &str) -> Vec<Finding> {
    let Some(preamble) = preamble(opening) else { return without_roles(opening) };
    let mut ranges = Vec::new();
    let mut from = preamble.start;
    for roles in ROLES.captures_iter(&opening[preamble.clone()]) {
        let (Some(whole), Some(inside)) = (roles.get(0), roles.get(1).or_else(|| roles.get(2))) else { continue };
        let (start, end) = (preamble.start + whole.start(), preamble.start + whole.end());
        let found = roles_in(inside.as_str(), preamble.start + inside.start());
        if !found.is_empty() {
            ranges.extend(name_before(opening, from..start));
            ranges.extend(found);
        }
        if QUOTED.is_match(inside.as_str()) {
            from = end;
        }
    }
    // After the last role comes a party without one, or nothing.
    let rest = name_before(opening, from..preamble.end);
    ranges.extend(rest.filter(|range| ranges.is_empty() || SUFFIX.is_match(&opening[range.clone()])));
    let more = companies(opening, preamble).filter(|range| !ranges.iter().any(|other| overlap(range, other)));
    let more: Vec<Range<usize>> = more.collect();
    ranges.extend(more);
    ranges.sort_by_key(|range| range.start);
    keep_first_of_each(opening, &mut ranges);
    ranges.truncate(MAXIMUM_PARTIES);
    // A single name that is no company's is more likely a defined term.
    if ranges.len() == 1 {
        ranges.retain(|range| SUFFIX.is_match(&opening[range.clone()]));
    }
    let confidence = if ranges.len() > 1 { 0.85 } else { 0.5 };
    ranges.into_iter().map(|range| Finding { kind: ClauseKind::Parties, range, confidence }).collect()
}

/// Without roles, the companies named first are the parties.
fn without_roles(opening: &str) -> Vec<Finding> {
    const MAXIMUM_COMPANIES: usize = 4;
    let start = BEGINNING.find(opening).map_or(0, |found| found.end());
    let end = start + following(opening, start).len().min(NEAR_BYTES);
    let mut ranges: Vec<Range<usize>> = companies(opening, start..super::finding::floor_boundary(opening, end)).collect();
    keep_first_of_each(opening, &mut ranges);
    ranges.truncate(MAXIMUM_COMPANIES);
    ranges.into_iter().map(|range| Finding { kind: ClauseKind::Parties, range, confidence: 0.5 }).collect()
}

/// Names that end like the name of a company.
fn companies(opening: &str, within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let found = COMPANY.find_iter(&opening[within.clone()]);
    // "a Delaware corporation" tells what a company is, not what it is called.
    let is_name = |range: &Range<usize>| !opening[..range.start].trim_end().ends_with(" a");
    found.map(move |found| within.start + found.start()..within.start + found.end()).filter(is_name)
}

fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

/// A name that comes again is the same party.
fn keep_first_of_each(opening: &str, ranges: &mut Vec<Range<usize>>) {
    let mut seen = std::collections::HashSet::new();
    ranges.retain(|range| seen.insert(opening[range.clone()].to_lowercase()));
}

/// From "between" to where the recitals begin.
fn preamble(opening: &str) -> Option<Range<usize>> {
    let start = BEGINNING.find_iter(opening).find(|found| ROLES.is_match(following(opening, found.end())))?.end();
    let text = following(opening, start);
    let end = ENDING.find(text).map_or(text.len(), |found| found.start());
    Some(start..start + end)
}

fn following(opening: &str, start: usize) -> &str {
    &opening[start..super::finding::floor_boundary(opening, start + PREAMBLE_BYTES)]
}

fn roles_in(inside: &str, at: usize) -> Vec<Range<usize>> {
    QUOTED
        .captures_iter(inside)
        .filter_map(|quoted| quoted.get(1))
        .filter(|role| !NOT_ROLE.is_match(role.as_str()) && role.as_str().chars().any(char::is_uppercase))
        .map(|role| at + role.start()..at + role.end())
        .collect()
}

/// The first name in a piece of the preamble.
fn name_before(opening: &str, piece: Range<usize>) -> Option<Range<usize>> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"^(?:[\s,.;:"\u{201D}\]]|and\b|AND\b|between\b|among\b|by\b|the\s+following\s+parties|\(\w{1,3}\)|\d\.|[Tt]he\b|each\s+of|on\s+(?:the\s+)?one\s+(?:hand|part)|on\s+the\s+other\s+(?:hand|part)|of\s+the\s+(?:one|first|second|other)\s+part|-|\u{2013}|\u{2014})+"#,
        )
    });
    let text = &opening[piece.clone()];
    let lead = LEAD.find(text).map_or(0, |found| found.end());
    let rest = &text[lead..];
    let end = NAME_END.find_iter(rest).find(|found| found.start() > 1).map_or(rest.len(), |found| found.start());
    let name = rest[..end].trim_end().trim_end_matches([',', ' ']);
    let is_name = name.chars().next().is_some_and(|first| first.is_uppercase() || first.is_ascii_digit())
        && name.len() <= MAXIMUM_NAME_BYTES
        && name.len() > 2
        && !NOT_ROLE.is_match(name);
    is_name.then(|| piece.start + lead..piece.start + lead + name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parties(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|finding| &text[finding.range]).collect()
    }

    #[test]
    fn names_and_roles_are_read_from_the_first_sentence() {
        let text = "This Agreement is made by and between Northwind Traders, Inc., a Delaware corporation (\"Customer\"), and \
                    Fabrikam Ltd. (the \u{201C}Supplier\u{201D}). WHEREAS, (\"Nothing\")";
        assert_eq!(parties(text), ["Northwind Traders, Inc.", "Customer", "Fabrikam Ltd.", "Supplier"]);
    }

    #[test]
    fn the_agreement_and_its_date_are_no_parties() {
        let text = "This Agreement (the \"Agreement\") is between Ann Smith (\"ReadPool\") and Bob Jones (\"Borrower\") (\"Effective Date\")";
        assert_eq!(parties(text), ["Ann Smith", "ReadPool", "Bob Jones", "Borrower"]);
    }
}
