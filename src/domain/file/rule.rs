//! The file rule of a connection selects the files of a deal that can become a version.

use crate::domain::search_key::search_key;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Selects the newest usable file that matches the rule. Under every rule, only PDF, DOCX, DOC, ODT, RTF and TXT files are usable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FileRule {
    /// The newest document. Pictures, audio, video, archives, spreadsheets, presentations, e-mails and the provider's notes are
    /// passed over.
    #[default]
    Documents,
    /// The newest file whose content is accepted.
    Newest,
    /// Files with one of the given extensions match.
    Type {
        /// Extensions without the dot, such as `pdf`.
        types: Vec<String>,
    },
    /// Files match if the pattern matches their name.
    Name {
        /// `*` matches any characters, and `?` matches one character. A pattern without wildcards matches anywhere in the name.
        /// Case and accents are ignored.
        pattern: String,
    },
}

const MAX_TYPES: usize = 20;
const MAX_TYPE_CHARACTERS: usize = 10;
/// Maximum length of a file title in Salesforce.
const MAX_PATTERN_CHARACTERS: usize = 255;

impl FileRule {
    pub fn is_documents(&self) -> bool {
        *self == Self::Documents
    }

    /// Normalizes the rule. If the rule is invalid, the error is a sentence with the allowed values.
    pub fn validated(self) -> Result<Self, String> {
        match self {
            Self::Documents | Self::Newest => Ok(self),
            Self::Type { types } => {
                let types: Vec<String> = types.iter().map(|text| text.trim().trim_start_matches('.').to_lowercase()).collect();
                if (1..=MAX_TYPES).contains(&types.len()) && types.iter().all(|extension| is_extension(extension)) {
                    return Ok(Self::Type { types });
                }
                Err(format!(
                    "`metadata.file_rule.types` must contain 1 to {MAX_TYPES} file extensions of letters and digits, such as \
                     `pdf`"
                ))
            }
            Self::Name { pattern } => {
                let pattern = pattern.trim().to_owned();
                if (1..=MAX_PATTERN_CHARACTERS).contains(&pattern.chars().count()) && !pattern.chars().any(char::is_control) {
                    return Ok(Self::Name { pattern });
                }
                Err(format!(
                    "`metadata.file_rule.pattern` must have 1 to {MAX_PATTERN_CHARACTERS} characters, and no control characters"
                ))
            }
        }
    }

    /// Returns the reason why a file does not match; `None` if it matches.
    pub fn rejection(&self, name: &str) -> Option<String> {
        match self {
            Self::Documents | Self::Newest => None,
            Self::Type { types } => {
                let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
                (!types.contains(&extension))
                    .then(|| format!("The settings of this connection import only files of type {}.", types.join(", ")))
            }
            Self::Name { pattern } => (!matches_pattern(pattern, name))
                .then(|| format!("The settings of this connection import only files with a name like “{pattern}”.")),
        }
    }

    pub fn description(&self) -> String {
        match self {
            Self::Documents => "the newest document that can be used".to_owned(),
            Self::Newest => "the newest file that can be used".to_owned(),
            Self::Type { types } => format!("the newest file of type {} that can be used", types.join(", ")),
            Self::Name { pattern } => format!("the newest file with a name like “{pattern}” that can be used"),
        }
    }
}

fn is_extension(text: &str) -> bool {
    (1..=MAX_TYPE_CHARACTERS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn matches_pattern(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (search_key(pattern), search_key(name));
    if !pattern.contains(['*', '?']) {
        return name.contains(&pattern);
    }
    matches_wildcards(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
}

/// Backtracks only to the last `*`. The number of steps is therefore at most the pattern length times the name length.
fn matches_wildcards(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut last_star = None;
    while read < name.len() {
        match (pattern.get(at), last_star) {
            (Some('*'), _) => {
                last_star = Some((at, read));
                at += 1;
            }
            (Some(expected), _) if *expected == '?' || *expected == name[read] => {
                at += 1;
                read += 1;
            }
            (_, Some((star, from))) => {
                last_star = Some((star, from + 1));
                at = star + 1;
                read = from + 1;
            }
            (_, None) => return false,
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
    fn pattern_supports_wildcards_and_ignores_case() {
        for (pattern, name) in [
            ("*msa*.pdf", "Globex MSA final.PDF"),
            ("contract-????.docx", "Contract-2026.docx"),
            ("*", ""),
            ("**a*b", "xaxxab"),
            ("signed", "The SIGNED copy.pdf"),
            ("ÜBER*", "über uns.pdf"),
        ] {
            assert_eq!(named(pattern).rejection(name), None, "{pattern} {name}");
        }
        for (pattern, name) in
            [("*msa*.pdf", "MSA.docx"), ("contract-????.docx", "contract-26.docx"), ("a?", "a"), ("signed", "draft.pdf")]
        {
            assert!(named(pattern).rejection(name).is_some_and(|reason| reason.contains(pattern)), "{pattern} {name}");
        }
    }

    #[test]
    fn many_wildcards_match_in_bounded_time() {
        let pattern = format!("{}b", "*a".repeat(100));
        assert!(named(&pattern).rejection(&"a".repeat(100_000)).is_some());
    }

    #[test]
    fn types_ignore_case_and_a_leading_dot() {
        let rule = FileRule::Type { types: vec![".PDF".to_owned(), " docx ".to_owned()] }.validated().unwrap();
        assert_eq!(rule, FileRule::Type { types: vec!["pdf".to_owned(), "docx".to_owned()] });
        assert_eq!(rule.rejection("a.b.Pdf"), None);
        for name in ["a.xlsx", "pdf", "", "a."] {
            assert!(rule.rejection(name).is_some(), "{name}");
        }
    }

    #[test]
    fn invalid_rule_is_rejected() {
        for rule in [
            FileRule::Type { types: Vec::new() },
            FileRule::Type { types: vec!["p/df".to_owned()] },
            FileRule::Type { types: vec!["pdf".to_owned(); 21] },
            named("  "),
            named("a\nb"),
            named(&"a".repeat(256)),
        ] {
            assert!(rule.clone().validated().is_err(), "{rule:?}");
        }
    }
}
