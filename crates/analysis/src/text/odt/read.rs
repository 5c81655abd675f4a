use super::media_type::not_supported;
use super::part::{Extras, read_content, read_headers};
use super::styles::{Section, Styles};
use crate::opc::{attribute, elements};
use crate::text::layout::append_once;
use crate::text::notices::Notices;
use crate::text::package::Package;
use crate::text::{Document, ExtractError};
use std::collections::HashSet;

/// Reads an OpenDocument package. `media_type` is the last part of its media type, such as `text`.
pub fn read(package: &mut Package<'_>, media_type: &str) -> Result<Document, ExtractError> {
    if media_type != "text" {
        return Err(not_supported(media_type));
    }
    if package.has("[content_types].xml") {
        return Err(ExtractError::damaged("it is both a Word and an OpenDocument package, which readers understand differently"));
    }
    let mut notices = Notices::default();
    read_manifest(package, &mut notices)?;
    let Some(content) = package.part("content.xml")? else { return Err(ExtractError::damaged("its main part is missing")) };
    let styles_part = package.part("styles.xml")?.unwrap_or_default();
    let common = Section::read(&styles_part, b"styles")?;
    let mut extras = Extras::default();
    let automatic = Section::read(&content, b"automatic-styles")?;
    let mut text = read_content(&content, &Styles::new(&automatic, &common), &mut extras, &mut notices)?;
    let automatic = Section::read(&styles_part, b"automatic-styles")?;
    // Broken headers are skipped, because the contract is still readable.
    let _ = read_headers(&styles_part, &Styles::new(&automatic, &common), &mut extras, &mut notices);
    let mut seen = HashSet::new();
    for part in extras.in_order() {
        append_once(&mut text, part, &mut seen);
    }
    Ok(notices.document(text))
}

/// Checks the manifest, which lists encrypted parts and embedded documents. Charts and formulas cause no notice.
fn read_manifest(package: &mut Package<'_>, notices: &mut Notices) -> Result<(), ExtractError> {
    let manifest = package.part("meta-inf/manifest.xml")?.unwrap_or_default();
    for element in elements(&manifest).map_while(Result::ok) {
        match element.local_name().as_ref() {
            b"encryption-data" => return Err(ExtractError::Encrypted),
            b"file-entry" if attribute(&element, b"full-path").is_some_and(|path| path != "/") => {
                let media_type = attribute(&element, b"media-type").unwrap_or_default();
                notices.has_embedded_files |= is_document(&media_type);
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_document(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oasis.opendocument.text"
            | "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            | "application/msword"
            | "application/pdf"
    )
}
