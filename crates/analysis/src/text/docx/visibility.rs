//! Detects white or very small text. Such text is reported, but it stays in the extracted text, because the parties also sign
//! this text.

use crate::opc::attribute;
use quick_xml::events::BytesStart;

/// Largest font size that counts as invisible, in half points.
const SMALL_HALF_POINTS: u32 = 4;

#[derive(Default)]
pub struct Visibility {
    is_white: bool,
    is_small: bool,
    run_is_shaded: bool,
    pub paragraph_is_shaded: bool,
    /// One value for each open table cell, innermost last. The value is true if the cell is shaded.
    pub cells_are_shaded: Vec<bool>,
}

impl Visibility {
    pub fn start_run(&mut self) {
        (self.is_white, self.is_small, self.run_is_shaded) = (false, false, false);
    }

    pub fn run_property(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = attribute(element, b"val").unwrap_or_default();
        match name {
            "color" => self.is_white = value.eq_ignore_ascii_case("FFFFFF"),
            "sz" => self.is_small = value.parse().is_ok_and(|size: u32| size <= SMALL_HALF_POINTS),
            "shd" => self.run_is_shaded = is_dark(element),
            "highlight" => self.run_is_shaded = !matches!(value.as_str(), "none" | "white"),
            _ => {}
        }
    }

    pub fn is_faint(&self) -> bool {
        let is_shaded = self.run_is_shaded || self.paragraph_is_shaded || self.cells_are_shaded.contains(&true);
        self.is_small || (self.is_white && !is_shaded)
    }
}

/// Returns true if white text is visible on a background with this shading.
pub fn is_dark(shading: &BytesStart<'_>) -> bool {
    let fill = attribute(shading, b"fill").unwrap_or_default();
    let is_themed = attribute(shading, b"themeFill").is_some();
    is_themed || !(fill.is_empty() || fill.eq_ignore_ascii_case("auto") || fill.eq_ignore_ascii_case("FFFFFF"))
}
