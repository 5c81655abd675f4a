//! OPC relationships: they name the main part of a package, and its styles, notes, headers and footers.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::package::{Package, part_name};
use super::styles::attribute;
use crate::analysis::text::ExtractError;

/// Real documents have some hundreds, mostly hyperlinks.
const MAXIMUM_RELATIONSHIPS: usize = 10_000;

/// A reference from the package or a part to another part.
#[derive(Debug, PartialEq, Eq)]
pub struct Relationship {
    /// Last segment of the type, such as `officeDocument`. The namespaces of the strict and transitional variants differ.
    pub kind: String,
    /// The name of the part.
    pub target: String,
}

/// Relationships of a part, or of the package if `source` is empty. `None` if there is no readable relationship part.
pub fn relationships(package: &mut Package<'_>, source: &str) -> Result<Option<Vec<Relationship>>, ExtractError> {
    let (folder, file) = source.rsplit_once('/').unwrap_or(("", source));
    let list = part_name(&format!("{folder}/_rels/{file}.rels"));
    let Some(xml) = package.part(&list)? else { return Ok(None) };
    Ok(parse(&xml, folder))
}

fn parse(xml: &[u8], folder: &str) -> Option<Vec<Relationship>> {
    let mut reader = Reader::from_reader(xml);
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(element) | Event::Empty(element) if found.len() < MAXIMUM_RELATIONSHIPS => {
                found.extend(relationship(&element, folder));
            }
            Event::Eof => return Some(found),
            _ => {}
        }
        buffer.clear();
    }
}

fn relationship(element: &BytesStart<'_>, folder: &str) -> Option<Relationship> {
    let is_external = attribute(element, b"TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
    if element.local_name().as_ref() != b"Relationship" || is_external {
        return None;
    }
    let kind = attribute(element, b"Type")?.rsplit('/').next()?.to_owned();
    Some(Relationship { kind, target: resolve(folder, &attribute(element, b"Target")?) })
}

/// Resolves a target against the folder of its source.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_to_the_folder_of_their_source_or_absolute() {
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
