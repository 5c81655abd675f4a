//! Finds the names and defined roles of the parties in the preamble of a contract, as in "between X ("Customer") and Y".

use crate::ClauseKind;
use crate::clauses::finding::{Finding, range_of};
use crate::patterns::patterns;
use std::collections::HashSet;
use std::ops::Range;

const MAXIMUM_PARTIES: usize = 16;
const PREAMBLE_BYTES: usize = 3_500;
/// Maximum size of a preamble that defines no roles.
const NEAR_BYTES: usize = 900;
const MAXIMUM_NAME_BYTES: usize = 110;

patterns! {
    BEGINNING = r"(?i)\b(by\s+and\s+between|by\s+and\s+among|between|among|by\s+and\s+amongst|amongst)\b|\bPART(?:Y|IES)\s*:|made\s+by|entered\s+into\s+by";
    ENDING = r"(?i)witnesseth|\brecitals?\b|\bwhereas\b|now,?\s+therefore|\bbackground\b|agree\s+as\s+follows|\n\s*1\.|\bdefinitions\b|\.\s*\n\s*\n";
    ROLES = r#"\(([^()]{0,160})\)|(?:hereinafter|hereafter|herein|referred\s+to\s+as|called)\s([^"\u{201C}()]{0,60}["\u{201C}][^"\u{201D}]{1,50}["\u{201D}])"#;
    QUOTED = r#"["\u{201C}\u{201D}]\s*([^"\u{201C}\u{201D}]{1,60}?)\s*,?\s*["\u{201C}\u{201D}]"#;
    NOT_ROLE = r"(?i)agreement|contract\b|effective|\bdate\b|^part(y|ies)$|^the part|^each|amendment|\bterm\b|^act$|territory|notes$|debenture|securities|indenture|^we$|products?$|services?$|affiliate|letter|^sec$|plan$|commission|^purpose$|^project$|^transactions?$|information$";
    NAME_END = r#"(?x),?\s+(?:a|an|as|with|whose|having|located|organi[sz]ed|incorporated|existing|duly|together|acting|by|on|residing|at|doing|d/b/a|through|individually|hereinafter|herein|hereafter|collectively|which|who|both|its|located|being|established|registered|formed|in|is|are|each|jointly|severally|solely|for|from|under|including|set|dated|listed)\s
        | ,\s+(?:the\s|\d|[A-Z]\w+\s(?:Street|Avenue|Road)) | \s?\( | ; | : | \s\d{2,} | \n\s*\n | \s+(?:and|AND)\s+ | ["\u{201C}]"#;
    SUFFIX = r"(?i)\b(inc|corp|corporation|company|co|ltd|limited|llc|l\.l\.c|lp|l\.p|llp|plc|gmbh|ag|s\.a|sa|n\.v|b\.v|bv|trust|bank|university|partners|fund|n\.a|s\.p\.a|pty|kg|association|foundation|institute|group|holdings|partnership)\b";
    COMPANY = r"(?:[A-Z][\w&.'\u{2019}-]*,?\s+(?:(?:of|and|the|for|&)\s+)?){1,7}(?:Inc\b\.?|INC\b\.?|Corp\b\.?|CORP\b\.?|Corporation|CORPORATION|LLC|L\.L\.C\.|Ltd\b\.?|LTD\b\.?|Limited|LIMITED|LLP|L\.P\.|LP\b|PLC|plc|GmbH|AG\b|S\.A\.|N\.V\.|B\.V\.|N\.A\.)";
}

pub fn find(opening: &str) -> Vec<Finding> {
    let Some(preamble) = preamble(opening) else { return without_roles(opening) };
    let mut names: Vec<&str> = Vec::new();
    let mut from = 0;
    for roles in ROLES.captures_iter(preamble) {
        let (Some(whole), Some(inside)) = (roles.get(0), roles.get(1).or_else(|| roles.get(2))) else { continue };
        let found = roles_in(inside.as_str());
        if !found.is_empty() {
            names.extend(first_name(&preamble[from..whole.start()]));
            names.extend(found);
        }
        if QUOTED.is_match(inside.as_str()) {
            from = whole.end();
        }
    }
    // The text after the last role may name a party that has no role.
    let last = first_name(&preamble[from..]);
    names.extend(last.filter(|name| names.is_empty() || SUFFIX.is_match(name)));
    let is_new = |company: &&str| !names.iter().any(|name| overlap(&range_of(company, opening), &range_of(name, opening)));
    let more: Vec<&str> = companies(opening, preamble).filter(is_new).collect();
    names.extend(more);
    names.sort_by_key(|name| name.as_ptr());
    keep_first_of_each(&mut names);
    names.truncate(MAXIMUM_PARTIES);
    // A single name without a company suffix is probably a defined term, so it is dropped.
    if names.len() == 1 {
        names.retain(|name| SUFFIX.is_match(name));
    }
    let confidence = if names.len() > 1 { 0.85 } else { 0.5 };
    findings(opening, names, confidence)
}

fn without_roles(opening: &str) -> Vec<Finding> {
    const MAXIMUM_COMPANIES: usize = 4;
    let start = BEGINNING.find(opening).map_or(0, |found| found.end());
    let near = &opening[start..opening.floor_char_boundary(start + NEAR_BYTES)];
    let mut names: Vec<&str> = companies(opening, near).collect();
    keep_first_of_each(&mut names);
    names.truncate(MAXIMUM_COMPANIES);
    findings(opening, names, 0.5)
}

fn findings(opening: &str, names: Vec<&str>, confidence: f64) -> Vec<Finding> {
    let finding = |name| Finding { kind: ClauseKind::Parties, range: range_of(name, opening), confidence };
    names.into_iter().map(finding).collect()
}

fn companies<'t>(opening: &'t str, within: &'t str) -> impl Iterator<Item = &'t str> {
    // Skips matches after "a". For example, "a Delaware corporation" does not contain a name.
    let is_name = |name: &&str| !opening[..range_of(name, opening).start].trim_end().ends_with(" a");
    COMPANY.find_iter(within).map(|found| found.as_str()).filter(is_name)
}

fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

fn keep_first_of_each(names: &mut Vec<&str>) {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.to_lowercase()));
}

/// Returns the text from "between" to the recitals.
fn preamble(opening: &str) -> Option<&str> {
    let following = |start: usize| &opening[start..opening.floor_char_boundary(start + PREAMBLE_BYTES)];
    let mut candidates = BEGINNING.find_iter(opening).map(|found| following(found.end()));
    let text = candidates.find(|text| ROLES.is_match(text))?;
    Some(&text[..ENDING.find(text).map_or(text.len(), |found| found.start())])
}

fn roles_in(inside: &str) -> Vec<&str> {
    let quoted = QUOTED.captures_iter(inside).filter_map(|quoted| quoted.get(1)).map(|role| role.as_str());
    quoted.filter(|role| !NOT_ROLE.is_match(role) && role.chars().any(char::is_uppercase)).collect()
}

fn first_name(piece: &str) -> Option<&str> {
    patterns! {
        LEAD = r#"^(?:[\s,.;:"\u{201D}\]]|and\b|AND\b|between\b|among\b|by\b|the\s+following\s+parties|\(\w{1,3}\)|\d\.|[Tt]he\b|each\s+of|on\s+(?:the\s+)?one\s+(?:hand|part)|on\s+the\s+other\s+(?:hand|part)|of\s+the\s+(?:one|first|second|other)\s+part|-|\u{2013}|\u{2014})+"#;
    }
    let rest = &piece[LEAD.find(piece).map_or(0, |found| found.end())..];
    let end = NAME_END.find_iter(rest).find(|found| found.start() > 1).map_or(rest.len(), |found| found.start());
    let name = rest[..end].trim_end().trim_end_matches([',', ' ']);
    let is_name = name.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit())
        && name.len() <= MAXIMUM_NAME_BYTES
        && name.len() > 2
        && !NOT_ROLE.is_match(name);
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parties(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|finding| &text[finding.range]).collect()
    }

    #[test]
    fn names_and_roles_in_the_preamble_are_parties() {
        let text = "This Agreement is made by and between Northwind Traders, Inc., a Delaware corporation (\"Customer\"), and \
                    Fabrikam Ltd. (the \u{201C}Supplier\u{201D}). WHEREAS, (\"Nothing\")";
        assert_eq!(parties(text), ["Northwind Traders, Inc.", "Customer", "Fabrikam Ltd.", "Supplier"]);
    }

    #[test]
    fn the_agreement_and_its_date_are_not_parties() {
        let text = "This Agreement (the \"Agreement\") is between Ann Smith (\"Lender\") and Bob Jones (\"Borrower\") (\"Effective Date\")";
        assert_eq!(parties(text), ["Ann Smith", "Lender", "Bob Jones", "Borrower"]);
    }
}
