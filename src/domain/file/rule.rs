//! Which of an Opportunity's files may become a version: an admin's choice, per connection.

use crate::domain::search_key::search_key;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The rule; of the files that it admits, the newest usable one is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FileRule {
    /// Any file.
    #[default]
    Newest,
    /// Files whose name ends in one of these, such as `pdf`.
    Type {
        /// The endings, without the dot.
        types: Vec<String>,
    },
    /// Files whose name is like this: `*` stands for any characters and `?` for one; without either, the name must contain it.
    Name {
        /// The pattern. Upper and lower case are the same.
        pattern: String,
    },
}

const MAX_TYPES: usize = 20;
const MAX_TYPE_CHARACTERS: usize = 10;
/// The length of a file's title in Salesforce.
const MAX_PATTERN_CHARACTERS: usize = 255;

impl FileRule {
    /// Whether it is the rule of a connection without one.
    pub fn is_newest(&self) -> bool {
        *self == Self::Newest
    }

    /// The rule with its values in their one form.
    ///
    /// # Errors
    /// A sentence that says what the rule may hold.
    pub fn checked(self) -> Result<Self, String> {
        match self {
            Self::Newest => Ok(Self::Newest),
            Self::Type { types } => {
                let types: Vec<String> =
                    types.iter().map(|ending| ending.trim().trim_start_matches('.').to_lowercase()).collect();
                match (1..=MAX_TYPES).contains(&types.len()) && types.iter().all(|ending| is_ending(ending)) {
                    true => Ok(Self::Type { types }),
                    false => Err(format!(
                        "`metadata.file_rule.types` must hold 1 to {MAX_TYPES} endings of letters and digits, such as `pdf`"
                    )),
                }
            }
            Self::Name { pattern } => {
                let pattern = pattern.trim().to_owned();
                let is_usable = (1..=MAX_PATTERN_CHARACTERS).contains(&pattern.chars().count());
                match is_usable && !pattern.chars().any(char::is_control) {
                    true => Ok(Self::Name { pattern }),
                    false => Err(format!(
                        "`metadata.file_rule.pattern` must have 1 to {MAX_PATTERN_CHARACTERS} characters, and no control characters"
                    )),
                }
            }
        }
    }

    /// Why a file of that name is not admitted; `None` when it is.
    pub fn refusal(&self, name: &str) -> Option<String> {
        match self {
            Self::Newest => None,
            Self::Type { types } => {
                let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
                let is_admitted = types.contains(&ending);
                (!is_admitted).then(|| format!("The file rule takes only {}.", types.join(", ")))
            }
            Self::Name { pattern } => {
                (!is_like(pattern, name)).then(|| format!("Its name is not like “{pattern}”, as the file rule asks."))
            }
        }
    }

    /// What a chosen file is, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Newest => "the newest file that can be used".to_owned(),
            Self::Type { types } => format!("the newest file of type {} that can be used", types.join(", ")),
            Self::Name { pattern } => format!("the newest file named like “{pattern}” that can be used"),
        }
    }
}

fn is_ending(text: &str) -> bool {
    (1..=MAX_TYPE_CHARACTERS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_like(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (search_key(pattern), search_key(name));
    match pattern.contains(['*', '?']) {
        true => matches(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>()),
        false => name.contains(&pattern),
    }
}

/// Wildcards without backtracking into earlier stars, so that no pattern takes longer than its length times the name's.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                last_star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[read] => {
                at += 1;
                read += 1;
            }
            _ => match last_star {
                Some((star, from)) => {
                    last_star = Some((star, from + 1));
                    at = star + 1;
                    read = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pattern: &str) -> FileRule {
        FileRule::Name { pattern: pattern.to_owned() }
    }

    #[test]
    fn a_pattern_takes_stars_question_marks_and_any_case() {
        for (pattern, name) in [
            ("*msa*.pdf", "Globex MSA final.PDF"),
            ("contract-????.docx", "Contract-2026.docx"),
            ("*", ""),
            ("**a*b", "xaxxab"),
            ("signed", "The SIGNED copy.pdf"),
            ("ÜBER*", "über uns.pdf"),
        ] {
            assert_eq!(named(pattern).refusal(name), None, "{pattern} {name}");
        }
        for (pattern, name) in
            [("*msa*.pdf", "MSA.docx"), ("contract-????.docx", "contract-26.docx"), ("a?", "a"), ("signed", "draft.pdf")]
        {
            assert!(named(pattern).refusal(name).is_some_and(|reason| reason.contains(pattern)), "{pattern} {name}");
        }
    }

    #[test]
    fn a_long_pattern_of_stars_is_answered_at_once() {
        let pattern = format!("{}b", "*a".repeat(100));
        assert!(named(&pattern).refusal(&"a".repeat(100_000)).is_some());
    }

    #[test]
    fn types_are_endings_in_any_case_with_or_without_a_dot() {
        let rule = FileRule::Type { types: vec![".PDF".to_owned(), " docx ".to_owned()] }.checked().unwrap();
        assert_eq!(rule, FileRule::Type { types: vec!["pdf".to_owned(), "docx".to_owned()] });
        assert_eq!(rule.refusal("a.b.Pdf"), None);
        for name in ["a.xlsx", "pdf", "", "a."] {
            assert!(rule.refusal(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_rule_that_says_nothing_is_refused() {
        for rule in [
            FileRule::Type { types: Vec::new() },
            FileRule::Type { types: vec!["p/df".to_owned()] },
            FileRule::Type { types: vec!["pdf".to_owned(); 21] },
            named("  "),
            named("a\nb"),
            named(&"a".repeat(256)),
        ] {
            assert!(rule.clone().checked().is_err(), "{rule:?}");
        }
    }
}
