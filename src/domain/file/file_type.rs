//! Which types of files become versions, and why others are rejected.

use serde::{Deserialize, Serialize};

/// A type of document that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Pdf,
    Docx,
    Doc,
    Odt,
    Rtf,
    Txt,
}

/// Why a file is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileRejection {
    /// The name has no extension.
    NoExtension,
    /// The name has the extension of another type.
    OtherExtension,
    /// The bytes are of another type than the name says, or of no accepted one.
    OtherContent,
    /// Opening it takes a password.
    PasswordProtected,
    /// It is a Word document that may run macros (DOCM, DOTM).
    Macros,
    /// It is named as plain text and contains markup or a script.
    Markup,
}

/// The accepted types, in a sentence.
pub const ACCEPTED_TYPES: &str = "PDF, DOCX, DOC, ODT, RTF and TXT";
/// The same for the `accept` attribute of a form.
pub const ACCEPTED_EXTENSIONS: &str = ".pdf,.docx,.doc,.odt,.rtf,.txt";
/// Longer endings are part of the name.
const MAX_EXTENSION_BYTES: usize = 10;

impl FileType {
    /// Every accepted type.
    pub const ALL: [Self; 6] = [Self::Pdf, Self::Docx, Self::Doc, Self::Odt, Self::Rtf, Self::Txt];

    /// The extension of its names, in lower case.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Doc => "doc",
            Self::Odt => "odt",
            Self::Rtf => "rtf",
            Self::Txt => "txt",
        }
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Doc => "application/msword",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Txt => "text/plain",
        }
    }

    /// The type that a name claims; `None` when the name has no extension.
    ///
    /// # Errors
    /// [`FileRejection::OtherExtension`] when it claims a type that is not accepted.
    pub fn of_name(name: &str) -> Result<Option<Self>, FileRejection> {
        let Some(extension) = extension(name) else { return Ok(None) };
        let found = Self::ALL.into_iter().find(|kind| extension.eq_ignore_ascii_case(kind.extension()));
        found.map(Some).ok_or(FileRejection::OtherExtension)
    }
}

/// What follows the last dot, unless it is no extension, as in `Statement of work v1.2` or `No. 7 for Acme`.
fn extension(name: &str) -> Option<&str> {
    let (stem, end) = name.trim_end().rsplit_once('.')?;
    let is_short_word = (1..=MAX_EXTENSION_BYTES).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has_letter = end.bytes().any(|byte| byte.is_ascii_alphabetic());
    (!stem.is_empty() && is_short_word && has_letter).then_some(end)
}

impl FileRejection {
    const ALL: [Self; 6] =
        [Self::NoExtension, Self::OtherExtension, Self::OtherContent, Self::PasswordProtected, Self::Macros, Self::Markup];

    /// Its word in a query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoExtension => "no_extension",
            Self::OtherExtension => "other_extension",
            Self::OtherContent => "other_content",
            Self::PasswordProtected => "password_protected",
            Self::Macros => "macros",
            Self::Markup => "markup",
        }
    }

    /// The rejection of that name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rejection| rejection.as_str() == word)
    }

    /// What is wrong with the file, in a sentence.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoExtension => "Its name has no extension, such as .pdf.",
            Self::OtherExtension => "Its name has the extension of another type.",
            Self::OtherContent => "Its content is not a document of the type that its name says.",
            Self::PasswordProtected => "It is protected by a password. Save a copy without one.",
            Self::Macros => "It is a Word document with macros. Save it as a DOCX document without macros.",
            Self::Markup => "Its name says plain text, and its content is not: it contains HTML, XML, a script or binary data.",
        }
    }

    /// The same, with the types that are accepted.
    pub fn detail(self) -> String {
        format!("{} Accepted are {ACCEPTED_TYPES} files.", self.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_claims_its_type_by_the_last_extension_in_any_case() {
        for (name, expected) in [
            ("Agreement.pdf", Ok(Some(FileType::Pdf))),
            ("AGREEMENT.PDF", Ok(Some(FileType::Pdf))),
            ("v1.2.Docx", Ok(Some(FileType::Docx))),
            ("a.doc ", Ok(Some(FileType::Doc))),
            ("a.odt", Ok(Some(FileType::Odt))),
            ("a.rtf", Ok(Some(FileType::Rtf))),
            ("a.txt", Ok(Some(FileType::Txt))),
            ("invoice.pdf.exe", Err(FileRejection::OtherExtension)),
            ("a.docm", Err(FileRejection::OtherExtension)),
            ("a.7z", Err(FileRejection::OtherExtension)),
            ("Agreement", Ok(None)),
            ("Statement of work v1.2", Ok(None)),
            ("Contract No. 7", Ok(None)),
            (".pdf", Ok(None)),
            ("a.", Ok(None)),
            ("", Ok(None)),
        ] {
            assert_eq!(FileType::of_name(name), expected, "{name}");
        }
    }

    #[test]
    fn every_rejection_has_its_word_and_names_the_accepted_types() {
        for rejection in FileRejection::ALL {
            assert_eq!(FileRejection::parse(rejection.as_str()), Some(rejection));
            assert!(rejection.detail().contains(ACCEPTED_TYPES));
        }
        for kind in FileType::ALL {
            assert!(ACCEPTED_TYPES.contains(&kind.extension().to_uppercase()));
            assert!(ACCEPTED_EXTENSIONS.split(',').any(|extension| extension == format!(".{}", kind.extension())));
        }
    }
}
