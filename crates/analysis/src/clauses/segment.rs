//! Splits a text into sentences, and finds the heading above each sentence. In some texts, each line is a whole paragraph. In
//! other texts, paragraphs are wrapped at the page width.

use super::heading::heading_of;
use std::ops::Range;

/// Maximum number of sentences that are analysed. The longest known contracts have about 3,000 sentences.
const MAXIMUM_SENTENCES: usize = 60_000;
const MAXIMUM_NORMAL_BYTES: usize = 4_000;

/// A sentence, a heading, or a row of a table.
#[derive(Debug)]
pub struct Sentence {
    /// Position in the text, in bytes.
    pub range: Range<usize>,
    /// Text of the sentence in the form that [`normalize`] returns.
    pub normal: String,
    /// Heading above the sentence, in lower case.
    pub heading: String,
    pub is_heading: bool,
}

pub fn segment(text: &str) -> Vec<Sentence> {
    let mut heading = String::new();
    let mut sentences = Vec::new();
    for block in blocks(text) {
        for range in split(text, block) {
            if sentences.len() >= MAXIMUM_SENTENCES {
                return sentences;
            }
            let normal = normalize(&text[range.clone()]);
            let found = heading_of(&text[range.clone()]);
            let is_heading = found.is_some();
            heading = found.unwrap_or(heading);
            sentences.push(Sentence { range, normal, heading: heading.clone(), is_heading });
        }
    }
    sentences
}

/// Converts a text to lower case, single spaces and ASCII quotes. Cuts long texts.
pub fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            _ if normal.len() >= MAXIMUM_NORMAL_BYTES => break,
            '\u{201C}' | '\u{201D}' | '\u{201E}' => normal.push('"'),
            '\u{2018}' | '\u{2019}' => normal.push('\''),
            _ if character.is_whitespace() => {
                if !normal.ends_with(' ') && !normal.is_empty() {
                    normal.push(' ');
                }
            }
            _ => normal.push(character.to_ascii_lowercase()),
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// Splits a text into paragraphs.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let is_wrapped = is_wrapped(text);
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut previous: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let line = line.trim();
        if line.is_empty() {
            previous = None;
            continue;
        }
        let is_continuation = previous.is_some_and(|previous| is_wrapped && continues(previous, line));
        match blocks.last_mut() {
            Some(block) if is_continuation => block.end = range.end,
            _ => blocks.push(range),
        }
        previous = Some(line);
    }
    blocks
}

fn is_wrapped(text: &str) -> bool {
    let (mut long, mut lines) = (0, 0);
    for line in text.lines().map(str::trim_end).filter(|line| line.len() > 40).take(5_000) {
        lines += 1;
        long += usize::from(line.len() > 160);
    }
    lines > 0 && long * 10 < lines
}

fn continues(previous: &str, line: &str) -> bool {
    let starts_low = line.chars().next().is_some_and(char::is_lowercase);
    let ended = previous.ends_with(['.', ';', ':', '!', '?']);
    starts_low || (!ended && previous.len() > 45) || (ended && previous.len() > 60 && !starts_numbered(line))
}

fn starts_numbered(line: &str) -> bool {
    let start = line.trim_start_matches(['(', '"', ' ']);
    let mut characters = start.chars();
    match characters.next() {
        Some(first) if first.is_ascii_digit() => true,
        Some(first) if first.is_alphabetic() => matches!(characters.next(), Some('.' | ')')),
        first => matches!(first, Some('\u{2022}' | '-' | '*')),
    }
}

/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "inc", "corp", "ltd", "co", "no", "nos", "mr", "mrs", "ms", "dr", "st", "vs", "v", "etc", "e.g", "i.e", "u.s", "sec", "art",
    "l.l.c", "l.p", "n.a", "s.a", "p.a", "para", "cf", "approx", "est", "dept", "ave", "jr", "sr", "bros", "p.o", "a.m", "p.m",
];

fn split(text: &str, block: Range<usize>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = block.start;
    let bytes = text.as_bytes();
    for at in block.clone() {
        let is_end = match bytes[at] {
            b'.' | b'!' | b'?' => ends_sentence(text, start, at, block.end),
            b';' | b':' => starts_item(&text[at + 1..block.end]),
            _ => false,
        };
        if is_end {
            let closing = usize::from(matches!(bytes.get(at + 1), Some(b'"' | b')')) && at + 1 < block.end);
            push(text, start..at + 1 + closing, &mut ranges);
            start = at + 1 + closing;
        }
    }
    push(text, start..block.end, &mut ranges);
    ranges
}

fn ends_sentence(text: &str, start: usize, at: usize, end: usize) -> bool {
    let rest = text[at + 1..end].trim_start_matches(['"', '\u{201D}', ')']);
    let next = rest.trim_start();
    if next.len() == rest.len() && !rest.is_empty() {
        return false;
    }
    let Some(first) = next.chars().next() else { return true };
    if !(first.is_uppercase() || first.is_ascii_digit() || matches!(first, '(' | '"' | '\u{201C}' | '[' | '\u{2022}')) {
        return false;
    }
    let word = text[start..at].rsplit([' ', '\n', '\t', '(']).next().unwrap_or_default();
    let lower = word.trim_start_matches(['"', '\u{201C}']).to_ascii_lowercase();
    if word.len() == 1 && word.chars().all(char::is_uppercase) {
        return false;
    }
    let is_number = !word.is_empty() && word.chars().all(|character| character.is_ascii_digit() || character == '.');
    // In "4.2. Term", the full stop belongs to a number. In "in 2020. The", the full stop ends a sentence.
    if is_number && text[start..at].trim().len() == word.len() {
        return false;
    }
    !ABBREVIATIONS.contains(&lower.as_str())
}

/// Returns true if the text starts with a line break or a wide gap, followed by the label of a list item such as "(a)" or "(iv)".
fn starts_item(rest: &str) -> bool {
    let item = rest.trim_start();
    let gap = &rest[..rest.len() - item.len()];
    if !gap.contains('\n') && gap.len() < 3 {
        return false;
    }
    let Some(inside) = item.strip_prefix('(') else { return false };
    // Labels of list items are short, so the search stops after a few bytes.
    let end = inside.bytes().take(5).position(|byte| byte == b')');
    end.is_some_and(|end| end > 0 && inside.bytes().take(end).all(|byte| byte.is_ascii_alphanumeric()))
}

fn push(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let slice = &text[range.clone()];
    let trimmed = slice.trim();
    if !trimmed.is_empty() {
        let start = range.start + (slice.len() - slice.trim_start().len());
        ranges.push(start..start + trimmed.len());
    }
}
