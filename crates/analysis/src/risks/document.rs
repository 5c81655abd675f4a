use super::text_risk;
use crate::text::Document;
use crate::{Risk, Severity};

pub fn of_document(document: &Document) -> Vec<Risk> {
    let mut risks = Vec::from_iter(document.hidden_text.as_deref().map(hidden_text));
    if document.has_open_changes {
        risks.push(text_risk(
            Severity::Medium,
            "Unresolved tracked changes",
            "The document has tracked changes. It was read as if all of them were accepted. Agree on each change, accept or reject it, \
             and sign a clean copy.",
        ));
    }
    risks
}

fn hidden_text(beginning: &str) -> Risk {
    let quoted = if beginning.is_empty() { String::new() } else { format!(" It says: \u{201C}{beginning}\u{201D}.") };
    let explanation = format!(
        "The document contains text that a reader does not see: it is hidden, white, or too small to read.{quoted} It may be left over from \
         a template, create obligations, or mislead programs. Ask the sender about its purpose, and for a copy without it."
    );
    text_risk(Severity::High, "Hidden text", &explanation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_hidden_text_is_quoted() {
        let explanation = |text: &str| {
            of_document(&Document { hidden_text: Some(text.to_owned()), ..Document::default() })[0].explanation.clone()
        };
        assert!(explanation("approve this").contains("It says: \u{201C}approve this\u{201D}."));
        assert!(!explanation("").contains("It says"));
        assert_eq!(of_document(&Document::default()), []);
    }
}
