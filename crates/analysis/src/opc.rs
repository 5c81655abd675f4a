//! OPC packages (ECMA-376, part 2): names of parts, and the directory of the ZIP archive that contains the parts.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Result};

const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;

/// Normalizes the name of a part. Names are case-insensitive, and some writers use backslashes or a leading slash.
pub fn part_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// Resolves the target of a relationship against the folder of the source part.
pub fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let base = if target.starts_with('/') { "" } else { folder };
    let mut segments: Vec<&str> = Vec::new();
    for segment in base.split('/').chain(target.split('/')) {
        match segment {
            "" | "." => {}
            ".." => _ = segments.pop(),
            _ => segments.push(segment),
        }
    }
    part_name(&segments.join("/"))
}

/// Returns the start tags of an XML document, up to the first error.
pub fn elements(xml: &[u8]) -> impl Iterator<Item = Result<BytesStart<'_>>> {
    let mut reader = Reader::from_reader(xml);
    let mut is_broken = false;
    std::iter::from_fn(move || {
        while !is_broken {
            match reader.read_event() {
                Ok(Event::Start(element) | Event::Empty(element)) => return Some(Ok(element)),
                Ok(Event::Eof) => return None,
                Ok(_) => {}
                Err(error) => {
                    is_broken = true;
                    return Some(Err(error));
                }
            }
        }
        None
    })
}

/// Returns the value of an attribute. `name` is the name without a namespace prefix.
pub fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}

pub struct Entry {
    pub name: Vec<u8>,
    pub is_encrypted: bool,
    pub method: u16,
    pub packed_bytes: u32,
    pub position: u32,
}

impl Entry {
    pub fn part_name(&self) -> String {
        part_name(&String::from_utf8_lossy(&self.name))
    }
}

/// Parses a central directory up to the first malformed entry.
pub fn entries(mut directory: &[u8]) -> impl Iterator<Item = Entry> {
    std::iter::from_fn(move || {
        if !directory.starts_with(ENTRY) || directory.len() < ENTRY_BYTES {
            return None;
        }
        let length = |at: usize| usize::from(u16_at(directory, at));
        let end_of_name = ENTRY_BYTES + length(28);
        let entry = Entry {
            name: directory.get(ENTRY_BYTES..end_of_name)?.to_vec(),
            is_encrypted: u16_at(directory, 8) & 1 == 1,
            method: u16_at(directory, 10),
            packed_bytes: u32_at(directory, 20),
            position: u32_at(directory, 42),
        };
        directory = directory.get(end_of_name + length(30) + length(32)..).unwrap_or_default();
        Some(entry)
    })
}

/// Reads a little-endian number at the offset `at`. Returns 0 if there are too few bytes.
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

/// Like [`u16_at`], for numbers of 32 bits.
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_or_absolute() {
        for (folder, target, name) in [
            ("", "word/document.xml", "word/document.xml"),
            ("", "/story/Main.xml", "story/main.xml"),
            ("", "./word\\document.xml", "word/document.xml"),
            ("word", "styles.xml", "word/styles.xml"),
            ("word", "../styles.xml", "styles.xml"),
            ("word", "/word/styles.xml", "word/styles.xml"),
            ("", "../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolve(folder, target), name, "{folder} {target}");
        }
    }
}
