//! Chooses the file of a deal that becomes the next version: the newest usable file that the file rule accepts.

use super::file_type::{ACCEPTED_TYPES, FileRejection, FileType};
use super::rule::FileRule;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// In Salesforce, the id of a ContentVersion or Attachment.
    pub id: String,
    pub name: String,
    pub size_bytes: i64,
    /// Time of the last change of the content.
    pub modified_at: Timestamp,
    /// Reason why the file is unusable at the provider; `None` if it is downloadable.
    pub obstacle: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub chosen: Option<Candidate>,
    /// Usable files, newest first.
    older: Vec<Candidate>,
    /// Unusable files with the reasons.
    rejected: Vec<(Candidate, String)>,
}

impl Choice {
    /// Returns all files except the chosen one, newest first. Each file has the reason why it was not chosen.
    pub fn others(&self) -> Vec<(&Candidate, &str)> {
        let rejected = self.rejected.iter().map(|(candidate, reason)| (candidate, reason.as_str()));
        let mut all: Vec<_> = rejected.chain(self.older.iter().map(|candidate| (candidate, "There is a newer file."))).collect();
        all.sort_by(|(a, _), (b, _)| b.sort_key().cmp(&a.sort_key()));
        all
    }

    /// Rejects the chosen file and chooses the newest of the remaining usable files.
    pub fn reject(&mut self, reason: &str) {
        let next = (!self.older.is_empty()).then(|| self.older.remove(0));
        let rejected = std::mem::replace(&mut self.chosen, next);
        self.rejected.extend(rejected.map(|candidate| (candidate, reason.to_owned())));
    }

    pub fn reject_all(&mut self, reason: &str) {
        while self.chosen.is_some() {
            self.reject(reason);
        }
    }

    /// Adds the files of `others`, and chooses the file that `others` has chosen. Must be called only if `self` has no usable
    /// file left.
    pub fn extend(&mut self, others: Self) {
        self.chosen = others.chosen;
        self.older = others.older;
        self.rejected.extend(others.rejected);
    }
}

impl Candidate {
    /// Sort key of files: the time of the last change, then the id.
    fn sort_key(&self) -> (Timestamp, &str) {
        (self.modified_at, &self.id)
    }
}

pub fn choose(mut candidates: Vec<Candidate>, rule: &FileRule, max_bytes: u64) -> Choice {
    candidates.sort_by(|a, b| b.sort_key().cmp(&a.sort_key()));
    let mut choice = Choice::default();
    for candidate in candidates {
        match (unusable(&candidate, max_bytes).or_else(|| rule.rejection(&candidate.name)), &choice.chosen) {
            (Some(reason), _) => choice.rejected.push((candidate, reason)),
            (None, Some(_)) => choice.older.push(candidate),
            (None, None) => choice.chosen = Some(candidate),
        }
    }
    choice
}

/// Returns the reason why no rule can choose a file, judging by everything except its content.
pub fn unusable(candidate: &Candidate, max_bytes: u64) -> Option<String> {
    match u64::try_from(candidate.size_bytes).unwrap_or(0) {
        _ if candidate.obstacle.is_some() => candidate.obstacle.clone(),
        0 => Some("It is empty.".to_owned()),
        size if size > max_bytes => Some(format!("It has {size} bytes; this server accepts at most {max_bytes}.")),
        _ => FileType::of_name(&candidate.name).err().map(rejection_reason),
    }
}

/// Returns the message for users about a rejected name or content of a deal's file.
pub fn rejection_reason(rejection: FileRejection) -> String {
    format!("{} This connection imports documents: {ACCEPTED_TYPES}.", rejection.reason())
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
            obstacle: None,
        }
    }

    #[test]
    fn newest_file_is_chosen_and_a_tie_goes_to_the_larger_id() {
        let choice = choose(vec![file("a", 1, 5), file("c", 2, 5), file("b", 2, 5)], NEWEST, 10);
        assert_eq!(choice.chosen.as_ref().unwrap().id, "c");
        assert_eq!(choice.others().iter().map(|(file, _)| file.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn unavailable_and_empty_and_large_files_are_rejected_with_a_reason() {
        let link = Candidate { obstacle: Some("It is a link.".to_owned()), ..file("d", 9, 0) };
        let choice = choose(vec![file("a", 1, 10), file("b", 7, 0), file("c", 8, 11), link], NEWEST, 10);
        assert_eq!(choice.chosen.as_ref().unwrap().id, "a");
        let reasons: Vec<&str> = choice.others().into_iter().map(|(_, reason)| reason).collect();
        assert_eq!(reasons, ["It is a link.", "It has 11 bytes; this server accepts at most 10.", "It is empty."]);
    }

    #[test]
    fn every_rule_rejects_other_types_with_their_kind_but_not_a_missing_extension() {
        const IMPORTED: &str = "This connection imports documents: PDF, DOCX, DOC, ODT, RTF and TXT.";
        let named = |(id, name): (&str, &str), modified_at| Candidate { name: name.to_owned(), ..file(id, modified_at, 5) };
        let names = [
            ("a", "Scan"),
            ("b", "logo.png"),
            ("c", "call.mp3"),
            ("d", "demo.mov"),
            ("e", "all.zip"),
            ("f", "prices.xlsx"),
            ("g", "pitch.pptx"),
            ("h", "Re: NDA.msg"),
            ("i", "invoice.pdf.exe"),
        ];
        let kinds = [
            "Its name has the extension of another type.",
            "It is an e-mail.",
            "It is a presentation.",
            "It is a spreadsheet.",
            "It is an archive.",
            "It is a video.",
            "It is an audio recording.",
            "It is a picture.",
        ];
        for rule in [&FileRule::Documents, NEWEST, &FileRule::Name { pattern: "*".to_owned() }] {
            let choice = choose(names.into_iter().zip(1..).map(|(file, at)| named(file, at)).collect(), rule, 10);
            assert_eq!(choice.chosen.as_ref().map(|file| file.name.as_str()), Some("Scan"));
            let reasons: Vec<String> = choice.others().into_iter().map(|(_, reason)| reason.to_owned()).collect();
            assert_eq!(reasons, kinds.map(|kind| format!("{kind} {IMPORTED}")));
        }
    }

    #[test]
    fn every_accepted_type_is_chosen() {
        for name in ["a.pdf", "a.docx", "a.doc", "a.odt", "a.rtf", "a.txt"] {
            let candidate = Candidate { name: name.to_owned(), ..file("a", 1, 5) };
            assert_eq!(choose(vec![candidate], &FileRule::Documents, 10).chosen.map(|file| file.name).as_deref(), Some(name));
        }
    }

    #[test]
    fn after_rejection_the_next_newest_file_is_chosen() {
        let mut choice = choose(vec![file("a", 1, 5), file("c", 3, 5), file("b", 2, 5), file("d", 4, 0)], NEWEST, 10);
        choice.reject("Not a document.");
        assert_eq!(choice.chosen.as_ref().map(|file| file.id.as_str()), Some("b"));
        let reasons: Vec<_> = choice.others().into_iter().map(|(file, reason)| (file.id.as_str(), reason)).collect();
        assert_eq!(reasons, [("d", "It is empty."), ("c", "Not a document."), ("a", "There is a newer file.")]);
        choice.reject_all("Not looked at.");
        assert_eq!((choice.chosen.as_ref(), choice.others().len()), (None, 4), "chosen, others");
    }

    #[test]
    fn no_file_is_chosen_if_none_is_usable() {
        assert_eq!(choose(vec![file("a", 1, 0)], NEWEST, 10).chosen, None);
        assert_eq!(choose(Vec::new(), NEWEST, 10), Choice::default());
    }

    #[test]
    fn newer_file_that_does_not_match_the_rule_is_rejected() {
        let rule = FileRule::Name { pattern: "a*".to_owned() };
        let choice = choose(vec![file("a", 1, 5), file("b", 2, 5)], &rule, 10);
        assert_eq!(choice.chosen.as_ref().unwrap().id, "a");
        assert!(choice.others()[0].1.contains("with a name like"), "{:?}", choice.others());
    }
}
