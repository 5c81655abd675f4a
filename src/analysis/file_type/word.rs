//! Whether a package is a Word document: by the content type of its main part (ECMA-376, part 2).

use super::package::Package;
use crate::{
    analysis::text::{part_name, resolve},
    domain::file::file_type::FileRejection,
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::io::{Read, Result, Seek};

const CONTENT_TYPES: &str = "[Content_Types].xml";
const RELATIONSHIPS: &str = "_rels/.rels";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// Why it is not accepted as a DOCX document; `None` when it is.
pub fn rejection<R: Read + Seek>(reader: &mut R) -> Result<Option<FileRejection>> {
    let Some(package) = Package::open(reader)? else { return Ok(Some(FileRejection::OtherContent)) };
    if package.is_encrypted() {
        return Ok(Some(FileRejection::PasswordProtected));
    }
    let Some(types) = package.part(reader, CONTENT_TYPES)? else { return Ok(Some(FileRejection::OtherContent)) };
    let main = match package.part(reader, RELATIONSHIPS)? {
        Some(relationships) => main_part(&relationships),
        // Some writers leave the relationships out and use the usual name.
        None => Some("word/document.xml".to_owned()),
    };
    let Some(main) = main.filter(|main| package.has(main)) else { return Ok(Some(FileRejection::OtherContent)) };
    Ok(match content_type(&types, &main) {
        Some(kind) if kind.eq_ignore_ascii_case(WORD) => None,
        Some(kind) if kind.to_ascii_lowercase().contains("macroenabled") => Some(FileRejection::Macros),
        _ => Some(FileRejection::OtherContent),
    })
}

/// The part that the package is about.
fn main_part(relationships: &[u8]) -> Option<String> {
    elements(relationships, |element| {
        let is_main = attribute(element, b"Type")?.ends_with("/officeDocument");
        let target = attribute(element, b"Target")?;
        is_main.then(|| resolve("", &target))
    })
}

/// The content type of a part: its own, or that of its extension.
fn content_type(types: &[u8], part: &str) -> Option<String> {
    let own = elements(types, |element| {
        let name = attribute(element, b"PartName")?;
        (part_name(&name) == part).then(|| attribute(element, b"ContentType"))?
    });
    let (_, end) = part.rsplit_once('.')?;
    own.or_else(|| {
        elements(types, |element| {
            attribute(element, b"Extension")?.eq_ignore_ascii_case(end).then(|| attribute(element, b"ContentType"))?
        })
    })
}

/// The first answer that an element gives.
fn elements<T>(xml: &[u8], mut ask: impl FnMut(&BytesStart<'_>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                if let Some(answer) = ask(&element) {
                    return Some(answer);
                }
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}
