//! Which of an Opportunity's files becomes the contract's next version: the newest one that the rule admits and that can be used.

use super::{
    file_type::{FileRejection, FileType},
    rule::FileRule,
};
use crate::domain::time::Timestamp;

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
    /// The other usable ones, newest first.
    older: Vec<Candidate>,
    /// Those that can't be used, and why.
    rejected: Vec<(Candidate, String)>,
}

impl Choice {
    /// Every file that is not chosen, newest first, and why not.
    pub fn passed_over(&self) -> Vec<(&Candidate, &str)> {
        let rejected = self.rejected.iter().map(|(candidate, reason)| (candidate, reason.as_str()));
        let mut all: Vec<_> = rejected.chain(self.older.iter().map(|candidate| (candidate, "There is a newer file."))).collect();
        all.sort_by(|(a, _), (b, _)| b.age().cmp(&a.age()));
        all
    }

    /// Passes over the chosen file and chooses the next newest one.
    pub fn reject(&mut self, reason: &str) {
        let next = (!self.older.is_empty()).then(|| self.older.remove(0));
        let rejected = std::mem::replace(&mut self.chosen, next);
        self.rejected.extend(rejected.map(|candidate| (candidate, reason.to_owned())));
    }

    /// Passes over every usable file.
    pub fn reject_all(&mut self, reason: &str) {
        while self.chosen.is_some() {
            self.reject(reason);
        }
    }

    /// Chooses among `others` too, because nothing usable is left.
    pub fn extend(&mut self, others: Self) {
        self.chosen = others.chosen;
        self.older = others.older;
        self.rejected.extend(others.rejected);
    }
}

impl Candidate {
    /// Newer is larger: by the time its content changed, and of two of the same time by the id.
    fn age(&self) -> (Timestamp, &str) {
        (self.modified_at, &self.id)
    }
}

/// Chooses the newest usable file that the rule admits.
pub fn choose(mut candidates: Vec<Candidate>, rule: &FileRule, max_bytes: u64) -> Choice {
    candidates.sort_by(|a, b| b.age().cmp(&a.age()));
    let mut choice = Choice::default();
    for candidate in candidates {
        match (unusable(&candidate, max_bytes).or_else(|| rule.refusal(&candidate.name)), &choice.chosen) {
            (Some(reason), _) => choice.rejected.push((candidate, reason)),
            (None, Some(_)) => choice.older.push(candidate),
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
        _ => FileType::of_name(&candidate.name).err().map(FileRejection::detail),
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
        assert_eq!(choice.chosen.as_ref().unwrap().id, "c");
        assert_eq!(choice.passed_over().iter().map(|(file, _)| file.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn links_empty_and_too_large_files_are_passed_over_with_the_reason() {
        let link = Candidate { is_link: true, ..file("d", 9, 5) };
        let choice = choose(vec![file("a", 1, 10), file("b", 7, 0), file("c", 8, 11), link], NEWEST, 10);
        assert_eq!(choice.chosen.as_ref().unwrap().id, "a");
        assert_eq!(choice.passed_over().len(), 3);
        assert!(choice.passed_over().iter().all(|(_, reason)| !reason.contains("newer")));
    }

    #[test]
    fn a_name_of_another_type_is_passed_over_and_a_name_without_an_extension_is_not() {
        let named = |id: &str, name: &str, modified_at| Candidate { name: name.to_owned(), ..file(id, modified_at, 5) };
        let files = vec![named("a", "Scan", 1), named("b", "photo.png", 2), named("c", "invoice.pdf.exe", 3)];
        let choice = choose(files, NEWEST, 10);
        assert_eq!(choice.chosen.as_ref().map(|file| file.name.as_str()), Some("Scan"));
        assert!(choice.passed_over().iter().all(|(_, reason)| reason.contains("PDF, DOCX, DOC, ODT, RTF and TXT")));
    }

    #[test]
    fn a_rejected_file_gives_way_to_the_next_newest() {
        let mut choice = choose(vec![file("a", 1, 5), file("c", 3, 5), file("b", 2, 5), file("d", 4, 0)], NEWEST, 10);
        choice.reject("Not a document.");
        assert_eq!(choice.chosen.as_ref().map(|file| file.id.as_str()), Some("b"));
        let reasons: Vec<_> = choice.passed_over().into_iter().map(|(file, reason)| (file.id.as_str(), reason)).collect();
        assert_eq!(reasons, [("d", "It is empty."), ("c", "Not a document."), ("a", "There is a newer file.")]);
        choice.reject_all("Not looked at.");
        assert_eq!((choice.chosen.as_ref(), choice.passed_over().len()), (None, 4));
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
        assert_eq!(choice.chosen.as_ref().unwrap().id, "a");
        assert!(choice.passed_over()[0].1.contains("file rule"), "{:?}", choice.passed_over());
    }
}
