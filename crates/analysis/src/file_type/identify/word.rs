//! Recognizes Word documents by the content type of their main part (ECMA-376, part 2).

use super::package::Package;
use crate::file_type::FileRejection;
use crate::opc::{attribute, elements, part_name, resolve};
use std::io::{Read, Result, Seek};

const CONTENT_TYPES: &str = "[Content_Types].xml";
const RELATIONSHIPS: &str = "_rels/.rels";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// Returns the reason why a file is not accepted as DOCX, or `None` if the file is accepted.
pub fn rejection<R: Read + Seek>(reader: &mut R) -> Result<Option<FileRejection>> {
    let Some(package) = Package::open(reader)? else { return Ok(Some(FileRejection::OtherContent)) };
    if package.is_encrypted() {
        return Ok(Some(FileRejection::PasswordProtected));
    }
    let Some(types) = package.part(reader, CONTENT_TYPES)? else { return Ok(Some(FileRejection::OtherContent)) };
    let main = match package.part(reader, RELATIONSHIPS)? {
        Some(relationships) => main_part(&relationships),
        // Some writers omit the relationships. In such files, the main part has the usual name.
        None => Some("word/document.xml".to_owned()),
    };
    let Some(main) = main.filter(|main| package.has(main)) else { return Ok(Some(FileRejection::OtherContent)) };
    Ok(match content_type(&types, &main) {
        Some(kind) if kind.eq_ignore_ascii_case(WORD) => None,
        Some(kind) if kind.contains("spreadsheetml") => Some(FileRejection::Spreadsheet),
        Some(kind) if kind.contains("presentationml") => Some(FileRejection::Presentation),
        Some(kind) if kind.to_ascii_lowercase().contains("macroenabled") => Some(FileRejection::Macros),
        _ => Some(FileRejection::OtherContent),
    })
}

fn main_part(relationships: &[u8]) -> Option<String> {
    elements(relationships).flatten().find_map(|element| {
        let is_main = attribute(&element, b"Type")?.ends_with("/officeDocument");
        let target = attribute(&element, b"Target")?;
        is_main.then(|| resolve("", &target))
    })
}

/// Returns the content type that the package states for the name or the extension of a part.
fn content_type(types: &[u8], part: &str) -> Option<String> {
    let elements = || elements(types).flatten();
    let named = |name: &[u8], is_match: &dyn Fn(&str) -> bool| {
        elements().find_map(|element| is_match(&attribute(&element, name)?).then(|| attribute(&element, b"ContentType"))?)
    };
    let (_, extension) = part.rsplit_once('.')?;
    named(b"PartName", &|name| part_name(name) == part)
        .or_else(|| named(b"Extension", &|name| name.eq_ignore_ascii_case(extension)))
}
