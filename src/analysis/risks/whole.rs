//! Risks of how a document was made, whatever its clauses say.

use crate::{
    analysis::text::Document,
    domain::contract::analysis::{Risk, Severity},
};

/// The risks of a document as a whole.
pub fn of_document(document: &Document) -> Vec<Risk> {
    let mut risks = Vec::new();
    risks.extend(document.unseen.as_deref().map(unseen));
    if document.has_open_changes {
        risks.push(risk(
            Severity::Medium,
            "Changes that nobody accepted or rejected",
            "The document has tracked changes. It was read as if all of them were accepted. Agree on each change, accept or reject it, \
             and sign a clean copy.",
        ));
    }
    risks
}

fn unseen(beginning: &str) -> Risk {
    let quoted = if beginning.is_empty() { String::new() } else { format!(" It says: \u{201C}{beginning}\u{201D}.") };
    let explanation = format!(
        "The document contains text that a reader does not see: it is hidden, white, or too small to read.{quoted} It may be left over from \
         a template, bind you to something, or be meant to mislead programs. Ask the sender what it is for, and for a copy without it."
    );
    risk(Severity::High, "Text that a reader does not see", &explanation)
}

fn risk(severity: Severity, title: &str, explanation: &str) -> Risk {
    Risk { severity, title: title.to_owned(), explanation: explanation.to_owned(), clause_kind: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_text_is_quoted_when_it_can_be() {
        let told = |unseen: &str| {
            of_document(&Document { unseen: Some(unseen.to_owned()), ..Document::default() })[0].explanation.clone()
        };
        assert!(told("approve this").contains("It says: \u{201C}approve this\u{201D}."));
        assert!(!told("").contains("It says"));
        assert_eq!(of_document(&Document::default()), []);
    }
}
