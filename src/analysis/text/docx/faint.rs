//! Text in white or in a size that nobody reads. It stays part of the text, because it is part of the document that
//! somebody signs, but people are told.

use quick_xml::events::BytesStart;

use super::styles::attribute;

/// Sizes count half points: two points or less is no text for people.
const SMALLEST_HALF_POINTS: u32 = 4;

/// How the current run looks, and on what it stands.
#[derive(Default)]
pub struct Faint {
    is_white: bool,
    is_small: bool,
    run_is_shaded: bool,
    paragraph_is_shaded: bool,
    /// The open cells, innermost last.
    cells_are_shaded: Vec<bool>,
}

impl Faint {
    pub fn start_paragraph(&mut self) {
        self.paragraph_is_shaded = false;
    }

    pub fn start_run(&mut self) {
        (self.is_white, self.is_small, self.run_is_shaded) = (false, false, false);
    }

    pub fn start_cell(&mut self) {
        self.cells_are_shaded.push(false);
    }

    pub fn end_cell(&mut self) {
        self.cells_are_shaded.pop();
    }

    /// A property of a run.
    pub fn run_property(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = attribute(element, b"val").unwrap_or_default();
        match name {
            "color" => self.is_white = value.eq_ignore_ascii_case("FFFFFF"),
            "sz" => self.is_small = value.parse().is_ok_and(|size: u32| size <= SMALLEST_HALF_POINTS),
            "shd" => self.run_is_shaded = is_dark(element),
            "highlight" => self.run_is_shaded = !matches!(value.as_str(), "none" | "white"),
            _ => {}
        }
    }

    /// The shading of a paragraph.
    pub fn paragraph_shading(&mut self, element: &BytesStart<'_>) {
        self.paragraph_is_shaded = is_dark(element);
    }

    /// The shading of a cell.
    pub fn cell_shading(&mut self, element: &BytesStart<'_>) {
        if let Some(cell) = self.cells_are_shaded.last_mut() {
            *cell = is_dark(element);
        }
    }

    /// Whether a reader does not see what the run says.
    pub fn is_unseen(&self) -> bool {
        let is_shaded = self.run_is_shaded || self.paragraph_is_shaded || self.cells_are_shaded.contains(&true);
        self.is_small || (self.is_white && !is_shaded)
    }
}

/// Whether white letters can be read on this shading.
fn is_dark(element: &BytesStart<'_>) -> bool {
    let fill = attribute(element, b"fill").unwrap_or_default();
    let is_themed = attribute(element, b"themeFill").is_some();
    is_themed || !(fill.is_empty() || fill.eq_ignore_ascii_case("auto") || fill.eq_ignore_ascii_case("FFFFFF"))
}
