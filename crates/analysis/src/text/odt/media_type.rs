use crate::text::ExtractError;
use crate::text::package::Package;

const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";

/// Returns the last part of the media type of an OpenDocument package, such as `text`. Returns `None` for other packages.
pub fn media_type(package: &mut Package<'_>) -> Result<Option<String>, ExtractError> {
    let content = package.part("mimetype")?.unwrap_or_default();
    let media_type = String::from_utf8_lossy(&content);
    Ok(media_type.trim().strip_prefix(OPEN_DOCUMENT).map(str::to_owned))
}

pub fn not_supported(media_type: &str) -> ExtractError {
    ExtractError::not_supported(match media_type {
        "spreadsheet" => "an OpenDocument spreadsheet (ODS)",
        "presentation" => "an OpenDocument presentation (ODP)",
        "graphics" => "an OpenDocument drawing (ODG)",
        "formula" => "an OpenDocument formula (ODF)",
        "text-master" => "an OpenDocument master document (ODM)",
        "text-template" => "an OpenDocument template (OTT)",
        _ => "an OpenDocument file of another kind",
    })
}
