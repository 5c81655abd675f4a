use super::colors::Color;
use super::state::Paragraph;

/// Maximum number of cells per row whose shading is stored. Word supports 63 cells per row.
const MAXIMUM_CELLS: usize = 1_024;

/// Definition of the current table row.
#[derive(Default)]
pub struct RowDefinition {
    /// True between the definition of a row and the end of the row. It is needed for programs that do not mark the paragraphs of
    /// a row as part of a table.
    is_open: bool,
    cell_is_shaded: bool,
    cells_are_shaded: Vec<bool>,
    current_cell: usize,
}

impl RowDefinition {
    pub fn set(&mut self, word: &str, parameter: Option<i32>, color: Color) {
        match word {
            "trowd" => {
                self.is_open = true;
                self.cell_is_shaded = false;
                self.cells_are_shaded.clear();
            }
            "clcbpat" => self.cell_is_shaded = color == Color::Other,
            "clshdng" => self.cell_is_shaded |= parameter.is_some_and(|percent| percent > 0),
            "cellx" if self.cells_are_shaded.len() < MAXIMUM_CELLS => {
                self.cells_are_shaded.push(std::mem::take(&mut self.cell_is_shaded));
            }
            _ => {}
        }
    }

    pub fn end_cell(&mut self) {
        self.current_cell += 1;
    }

    pub fn end_row(&mut self) {
        self.current_cell = 0;
        self.is_open = false;
    }

    pub fn end_paragraph(&mut self, paragraph: &Paragraph) {
        self.is_open &= paragraph.is_in_table;
    }

    pub fn is_shaded(&self, paragraph: &Paragraph) -> bool {
        paragraph.is_shaded || (paragraph.is_in_table && self.cells_are_shaded.get(self.current_cell) == Some(&true))
    }

    /// Returns the number of tables around a paragraph.
    pub fn tables(&self, paragraph: &Paragraph) -> usize {
        paragraph.tables().max(usize::from(self.is_open))
    }
}
