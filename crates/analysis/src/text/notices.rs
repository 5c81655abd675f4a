use super::Document;
use super::hidden_text::HiddenText;

/// Limitations of the extracted text. The extracted text omits hidden text, struck-out text, placeholders, comments, and the text
/// of imported parts (`altChunk`, `subDoc`) and embedded files.
#[derive(Default)]
pub struct Notices {
    pub has_tracked_changes: bool,
    pub has_hidden_text: bool,
    pub has_struck_text: bool,
    pub has_placeholders: bool,
    /// True if the text contains white or very small text.
    pub has_faint_text: bool,
    /// Hidden text and faint text.
    pub hidden_text: HiddenText,
    pub has_comments: bool,
    pub has_imported_parts: bool,
    pub has_embedded_files: bool,
    /// True if letters are missing, because their code page is not supported.
    pub has_unknown_letters: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appearance {
    Plain,
    Faint,
    Hidden,
    Struck,
}

impl Appearance {
    pub fn is_read(self) -> bool {
        matches!(self, Self::Plain | Self::Faint)
    }
}

impl Notices {
    pub fn record(&mut self, text: &str, appearance: Appearance) {
        if appearance == Appearance::Plain || text.trim().is_empty() {
            return;
        }
        match appearance {
            Appearance::Hidden => self.has_hidden_text = true,
            Appearance::Faint => self.has_faint_text = true,
            _ => self.has_struck_text = true,
        }
        if appearance != Appearance::Struck {
            self.hidden_text.add(text);
        }
    }

    /// Records an embedded object. Formulas and charts cause no notice.
    pub fn record_object(&mut self, program: &str) {
        self.has_embedded_files |= ["Word.", "AcroExch.", "Acrobat.", "Package"].iter().any(|start| program.starts_with(start));
    }

    pub fn document(self, text: String) -> Document {
        Document {
            text,
            warnings: self.warnings(),
            has_open_changes: self.has_tracked_changes,
            hidden_text: self.hidden_text.significant(),
            ..Document::default()
        }
    }

    fn warnings(&self) -> Vec<String> {
        let warnings = [
            (
                self.has_tracked_changes,
                "The document has tracked changes that are neither accepted nor rejected. It was read as if all were accepted: \
                 insertions are part of the text, deletions are not.",
            ),
            (self.has_hidden_text, "Hidden text was left out."),
            (
                self.has_struck_text,
                "Struck-out text was left out. Delete it from the document, or remove the strikethrough if the text applies.",
            ),
            (self.has_placeholders, "Fields that are not filled in were left out: they still show their placeholder text."),
            (self.has_faint_text, "Some text is white or too small to read; it was read like the rest."),
            (self.has_comments, "The document has comments; they were not read."),
            (
                self.has_imported_parts,
                "Part of the text is in an imported part that was not read. Open the document in Word, save it again, and attach that copy.",
            ),
            (self.has_embedded_files, "The document includes another file that was not read."),
            (
                self.has_unknown_letters,
                "Some letters use an old code page that is not supported, and are missing. Save the document as DOCX, and attach that copy.",
            ),
        ];
        warnings.into_iter().filter(|(applies, _)| *applies).map(|(_, warning)| warning.to_owned()).collect()
    }
}
