//! Tests that every word in a pattern starts at a word boundary. For example, "either" must not match inside "neither".

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::{CompiledRule, FALLBACKS, RULES};
use crate::risks;

/// Text that can precede a position in a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Boundary,
    /// A word boundary, or a word character that is part of the match.
    Word,
    /// Any character, including the beginning of a longer word.
    Anything,
}

/// Collects the literals that can match in the middle of a word. Returns the text that can precede the rest of the pattern.
fn walk(pattern: &Hir, before: Before, found: &mut Vec<String>) -> Before {
    match pattern.kind() {
        HirKind::Empty => before,
        HirKind::Look(_) => Before::Boundary,
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            if before == Before::Anything && text.starts_with(char::is_alphanumeric) {
                found.push(text.clone().into_owned());
            }
            if text.ends_with(char::is_alphanumeric) { Before::Word } else { Before::Boundary }
        }
        HirKind::Class(class) => after_class(class),
        HirKind::Repetition(repetition) => {
            let after = walk(&repetition.sub, before, found);
            if repetition.min == 0 { either(before, after) } else { after }
        }
        HirKind::Capture(capture) => walk(&capture.sub, before, found),
        HirKind::Concat(parts) => parts.iter().fold(before, |before, part| walk(part, before, found)),
        HirKind::Alternation(parts) => parts.iter().map(|part| walk(part, before, found)).reduce(either).unwrap_or(before),
    }
}

fn either(left: Before, right: Before) -> Before {
    match (left, right) {
        (left, right) if left == right => left,
        (Before::Anything, _) | (_, Before::Anything) => Before::Anything,
        _ => Before::Word,
    }
}

fn after_class(class: &Class) -> Before {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let holds = |byte: u8| match class {
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
    };
    let (words, others): (Vec<u8>, Vec<u8>) = (0..=127).filter(|byte| holds(*byte)).partition(|byte| is_word(*byte));
    match (words.is_empty(), others.is_empty()) {
        (false, true) => Before::Word,
        (true, _) => Before::Boundary,
        (false, false) => Before::Anything,
    }
}

fn rules() -> impl Iterator<Item = &'static CompiledRule> {
    RULES.iter().chain(FALLBACKS.iter())
}

fn inside_others(pattern: &str) -> Vec<String> {
    let mut found = Vec::new();
    let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).expect("a pattern");
    walk(&parsed, Before::Anything, &mut found);
    found
}

#[test]
fn literals_without_a_word_boundary_are_detected() {
    for (pattern, words) in [
        ("either party", vec!["either party"]),
        (r"\beither party", vec![]),
        (r"\b(each|any) .{0,9}assign", vec!["assign"]),
        (r"\b(each|any) .{0,9}\b(assigns?|sells?)", vec![]),
        (r"\brenew(ed|s)? (to )?(limited|able)", vec![]),
        (r"\bnot\b|limited", vec!["limited"]),
        (r"^(un)?limited", vec![]),
    ] {
        assert_eq!(inside_others(pattern), words, "{pattern}");
    }
}

#[test]
fn patterns_match_whole_words_only() {
    let of_rules = rules().map(|compiled| compiled.rule).flat_map(|rule| {
        let weighted = rule.headings.iter().chain(rule.signals).map(|(_, pattern)| *pattern);
        weighted.chain([rule.gate])
    });
    let wrong: Vec<(&str, Vec<String>)> = of_rules
        .chain(risks::patterns())
        .map(|pattern| (pattern, inside_others(pattern)))
        .filter(|(_, words)| !words.is_empty())
        .collect();
    assert!(wrong.is_empty(), "add \\b before these: {wrong:#?}");
}

#[test]
fn opposites_match_no_signal_of_their_second_half() {
    for word in ["neither", "unable", "unlimited", "unaudited", "unreasonable", "indirect", "discontinue", "reliable"] {
        let shown = rules().flat_map(|rule| rule.signals.iter().filter(|(_, signal)| signal.is_match(word.as_bytes())));
        let named = shown.filter(|(_, signal)| !signal.as_str().contains(word));
        assert_eq!(named.map(|(_, signal)| signal.as_str()).collect::<Vec<_>>(), Vec::<&str>::new(), "{word}");
    }
}
