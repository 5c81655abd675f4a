#[cfg(feature = "engine")]
mod identify;

#[cfg(feature = "engine")]
pub use identify::identify;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum FileType {
    Pdf,
    Docx,
    Doc,
    Odt,
    Rtf,
    Txt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum FileRejection {
    NoExtension,
    Picture,
    Audio,
    Video,
    Archive,
    Spreadsheet,
    Presentation,
    Email,
    OtherExtension,
    /// The content does not match the type that the name claims, or is of a type that is not accepted.
    OtherContent,
    PasswordProtected,
    Macros,
    /// The name claims plain text, but the content contains markup or binary data.
    Markup,
}

pub const ACCEPTED_TYPES: &str = "PDF, DOCX, DOC, ODT, RTF and TXT";
/// Accepted types whose text is analysed.
pub const ANALYSED_TYPES: &str = "PDF, DOCX, ODT, RTF and TXT";
pub const ACCEPTED_EXTENSIONS: &str = ".pdf,.docx,.doc,.odt,.rtf,.txt";
/// Common extensions that are not accepted. Each group belongs to the rejection that names the kind of file.
const REJECTED_EXTENSIONS: [(FileRejection, &[&str]); 7] = [
    (
        FileRejection::Picture,
        &[
            "png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif", "avif", "svg", "ico", "psd", "ai",
            "eps",
        ],
    ),
    (FileRejection::Audio, &["mp3", "wav", "m4a", "aac", "ogg", "oga", "opus", "flac", "wma", "amr", "aiff", "mid"]),
    (FileRejection::Video, &["mp4", "m4v", "mov", "avi", "mkv", "webm", "wmv", "mpg", "mpeg", "3gp", "flv"]),
    (FileRejection::Archive, &["zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "zst", "cab", "iso"]),
    (FileRejection::Spreadsheet, &["xlsx", "xls", "xlsm", "xlsb", "xltx", "ods", "csv", "tsv", "numbers"]),
    (FileRejection::Presentation, &["pptx", "ppt", "pptm", "ppsx", "pps", "potx", "odp", "key"]),
    (FileRejection::Email, &["eml", "msg", "mbox", "oft", "pst"]),
];
/// Maximum length of an extension. A longer suffix is part of the name.
const MAX_EXTENSION_BYTES: usize = 10;

impl FileType {
    /// Returns the extension in lower case, without the dot.
    pub fn extension(self) -> &'static str {
        self.into()
    }

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

    /// Returns the type that the extension of a file name claims, or `None` if the name has no extension.
    ///
    /// # Errors
    /// Fails if no accepted type has this extension. The error names the kind of file that usually has the extension, or is
    /// [`FileRejection::OtherExtension`].
    pub fn of_name(name: &str) -> Result<Option<Self>, FileRejection> {
        let Some(extension) = extension(name) else { return Ok(None) };
        let found = Self::VARIANTS.iter().copied().find(|kind| extension.eq_ignore_ascii_case(kind.extension()));
        found.map(Some).ok_or_else(|| FileRejection::of_extension(extension))
    }
}

/// Returns the extension of a file name. Names such as `Statement of work v1.2` or `No. 7 for Acme` have no extension.
fn extension(name: &str) -> Option<&str> {
    let (stem, end) = name.trim_end().rsplit_once('.')?;
    let is_short_word = (1..=MAX_EXTENSION_BYTES).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has_letter = end.bytes().any(|byte| byte.is_ascii_alphabetic());
    (!stem.is_empty() && is_short_word && has_letter).then_some(end)
}

impl FileRejection {
    fn of_extension(extension: &str) -> Self {
        let has = |extensions: &[&str]| extensions.iter().any(|other| extension.eq_ignore_ascii_case(other));
        REJECTED_EXTENSIONS.iter().find(|(_, extensions)| has(extensions)).map_or(Self::OtherExtension, |(kind, _)| *kind)
    }

    /// Returns the reason for the rejection, without the list of accepted types.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoExtension => "Its name has no extension, such as .pdf.",
            Self::Picture => "It is a picture.",
            Self::Audio => "It is an audio recording.",
            Self::Video => "It is a video.",
            Self::Archive => "It is an archive.",
            Self::Spreadsheet => "It is a spreadsheet.",
            Self::Presentation => "It is a presentation.",
            Self::Email => "It is an e-mail.",
            Self::OtherExtension => "Its name has the extension of another type.",
            Self::OtherContent => "Its content does not match the type in its name.",
            Self::PasswordProtected => "It is protected by a password. Save a copy without one.",
            Self::Macros => "It is a Word document with macros. Save it as a DOCX document without macros.",
            Self::Markup => "Its name says plain text, but it contains HTML, XML, a script or binary data.",
        }
    }

    /// Returns the reason for the rejection, and the list of accepted types.
    pub fn detail(self) -> String {
        format!("{} Accepted file types: {ACCEPTED_TYPES}.", self.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_extension_determines_the_claimed_type() {
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
            ("a.7z", Err(FileRejection::Archive)),
            ("Logo.PNG", Err(FileRejection::Picture)),
            ("agreement.pdf.jpeg", Err(FileRejection::Picture)),
            ("call.m4a", Err(FileRejection::Audio)),
            ("demo.mp4", Err(FileRejection::Video)),
            ("prices.xlsx", Err(FileRejection::Spreadsheet)),
            ("pitch.pptx", Err(FileRejection::Presentation)),
            ("Re: Contract.msg", Err(FileRejection::Email)),
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
    fn rejected_extensions_are_unique_and_not_accepted() {
        let mut all: Vec<&str> = REJECTED_EXTENSIONS.iter().flat_map(|(_, extensions)| extensions.iter().copied()).collect();
        all.extend(FileType::VARIANTS.iter().map(|kind| kind.extension()));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|extension| super::extension(&format!("a.{extension}")).is_some()));
    }

    #[test]
    fn every_rejection_names_the_accepted_types() {
        for rejection in FileRejection::VARIANTS {
            assert_eq!(rejection.into_str().parse::<FileRejection>(), Ok(*rejection));
            assert!(rejection.detail().contains(ACCEPTED_TYPES));
        }
        for kind in FileType::VARIANTS {
            assert!(ACCEPTED_TYPES.contains(&kind.extension().to_uppercase()));
            assert!(ACCEPTED_EXTENSIONS.split(',').any(|extension| extension == format!(".{}", kind.extension())));
        }
    }
}
