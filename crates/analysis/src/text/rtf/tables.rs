use super::colors::Color;
use super::shading::Shading;
use super::state::Paragraph;
use std::mem::take;

/// Maximum number of cells per row whose shading is stored. Word supports 63 cells per row.
const MAXIMUM_CELLS: usize = 1_024;

/// Definition of the current table row.
#[derive(Default)]
pub struct RowDefinition {
    /// True between the definition of a row and the end of the row. Some programs do not mark the paragraphs of a row as part of
    /// a table; this flag identifies these paragraphs.
    is_open: bool,
    /// Shading of the cell that is being defined.
    shading: Shading,
    /// Luma of the background of each cell.
    cell_lumas: Vec<Option<u8>>,
    current_cell: usize,
}

impl RowDefinition {
    pub fn set(&mut self, word: &str, parameter: Option<i32>, color: Color) {
        match word {
            "trowd" => {
                self.is_open = true;
                self.shading = Shading::default();
                self.cell_lumas.clear();
            }
            "clcbpat" => self.shading.background = color,
            "clcfpat" => self.shading.pattern = color,
            "clshdng" => self.shading.set_percentage(parameter),
            "cellx" if self.cell_lumas.len() < MAXIMUM_CELLS => self.cell_lumas.push(take(&mut self.shading).luma()),
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

    /// Returns the luma of the background of a paragraph, or of the cell around it.
    pub fn luma(&self, paragraph: &Paragraph) -> Option<u8> {
        let cell = self.cell_lumas.get(self.current_cell).copied().flatten().filter(|_| paragraph.is_in_table);
        paragraph.shading.luma().or(cell)
    }

    /// Returns the number of tables around a paragraph.
    pub fn tables(&self, paragraph: &Paragraph) -> usize {
        paragraph.tables().max(usize::from(self.is_open))
    }
}
