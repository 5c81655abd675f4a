//! Which of an Opportunity's files becomes the contract's next version: the newest one that the rule admits and that can be used.

use super::{file_rule::FileRule, time::Timestamp};

/// A file that could be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The id of the file version, or of the Attachment.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its length.
    pub size_bytes: i64,
    /// When its content last changed.
    pub modified_at: Timestamp,
    /// Whether it only links to bytes kept elsewhere.
    pub is_link: bool,
}

/// A choice, with the reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The newest usable file.
    pub chosen: Option<Candidate>,
    /// Every other one, newest first, and why not.
    pub rejected: Vec<(Candidate, String)>,
}

/// Chooses the newest usable file that the rule admits: by the time its content changed, and of two of the same time the one with
/// the larger id.
pub fn choose(mut candidates: Vec<Candidate>, rule: &FileRule, max_bytes: u64) -> Choice {
    candidates.sort_by(|a, b| (b.modified_at, &b.id).cmp(&(a.modified_at, &a.id)));
    let mut choice = Choice::default();
    for candidate in candidates {
        match (unusable(&candidate, max_bytes).or_else(|| rule.refusal(&candidate.name)), &choice.chosen) {
            (Some(reason), _) => choice.rejected.push((candidate, reason)),
            (None, Some(_)) => choice.rejected.push((candidate, "There is a newer file.".to_owned())),
            (None, None) => choice.chosen = Some(candidate),
        }
    }
    choice
}

fn unusable(candidate: &Candidate, max_bytes: u64) -> Option<String> {
    match u64::try_from(candidate.size_bytes).unwrap_or(0) {
        _ if candidate.is_link => Some("It is a link to a file kept elsewhere, without bytes of its own.".to_owned()),
        0 => Some("It is empty.".to_owned()),
        size if size > max_bytes => Some(format!("It has {size} bytes; this server accepts {max_bytes}.")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: &FileRule = &FileRule::Newest;

    fn file(id: &str, modified_at: i64, size_bytes: i64) -> Candidate {
        Candidate {
            id: id.into(),
            name: format!("{id}.pdf"),
            size_bytes,
            modified_at: Timestamp::from_millis(modified_at),
            is_link: false,
        }
    }

    #[test]
    fn the_newest_is_chosen_and_a_tie_goes_to_the_larger_id() {
        let choice = choose(vec![file("a", 1, 5), file("c", 2, 5), file("b", 2, 5)], NEWEST, 10);
        assert_eq!(choice.chosen.unwrap().id, "c");
        assert_eq!(choice.rejected.iter().map(|(file, _)| file.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn links_empty_and_too_large_files_are_passed_over_with_the_reason() {
        let link = Candidate { is_link: true, ..file("d", 9, 5) };
        let choice = choose(vec![file("a", 1, 10), file("b", 7, 0), file("c", 8, 11), link], NEWEST, 10);
        assert_eq!(choice.chosen.unwrap().id, "a");
        assert_eq!(choice.rejected.len(), 3);
        assert!(choice.rejected.iter().all(|(_, reason)| !reason.contains("newer")));
    }

    #[test]
    fn nothing_usable_is_nothing_chosen() {
        assert_eq!(choose(vec![file("a", 1, 0)], NEWEST, 10).chosen, None);
        assert_eq!(choose(Vec::new(), NEWEST, 10), Choice::default());
    }

    #[test]
    fn a_newer_file_that_the_rule_does_not_admit_is_passed_over() {
        let rule = FileRule::Name { pattern: "a*".to_owned() };
        let choice = choose(vec![file("a", 1, 5), file("b", 2, 5)], &rule, 10);
        assert_eq!(choice.chosen.unwrap().id, "a");
        assert!(choice.rejected[0].1.contains("file rule"), "{:?}", choice.rejected);
    }
}
