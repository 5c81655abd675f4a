//! OPC relationships, which identify the main part of a package, and its styles, notes, headers and footers.

use crate::opc::{attribute, elements, part_name, resolve};
use crate::text::ExtractError;
use crate::text::package::Package;
use quick_xml::events::BytesStart;

/// Maximum number of relationships. Typical documents have some hundreds.
const MAXIMUM_RELATIONSHIPS: usize = 10_000;

#[derive(Debug, PartialEq, Eq)]
pub struct Relationship {
    /// Last segment of the relationship type, such as `officeDocument`. The other segments differ between the strict and
    /// transitional variants of OOXML.
    pub kind: String,
    /// Normalized name of a part.
    pub target: String,
}

/// Returns the relationships of a part, or of the package if `source` is empty. Returns `None` if there is no readable
/// relationship part.
pub fn relationships(package: &mut Package<'_>, source: &str) -> Result<Option<Vec<Relationship>>, ExtractError> {
    let (folder, file) = source.rsplit_once('/').unwrap_or(("", source));
    let list = part_name(&format!("{folder}/_rels/{file}.rels"));
    let Some(xml) = package.part(&list)? else { return Ok(None) };
    let mut found = Vec::new();
    for element in elements(&xml) {
        let Ok(element) = element else { return Ok(None) };
        if found.len() < MAXIMUM_RELATIONSHIPS {
            found.extend(relationship(&element, folder));
        }
    }
    Ok(Some(found))
}

fn relationship(element: &BytesStart<'_>, folder: &str) -> Option<Relationship> {
    let is_external = attribute(element, b"TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
    if element.local_name().as_ref() != b"Relationship" || is_external {
        return None;
    }
    let kind = attribute(element, b"Type")?.rsplit('/').next()?.to_owned();
    Some(Relationship { kind, target: resolve(folder, &attribute(element, b"Target")?) })
}
