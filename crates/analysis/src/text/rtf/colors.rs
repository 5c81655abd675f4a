/// Maximum number of colors. Word writes at most a few hundred.
const MAXIMUM_COLORS: usize = 4_096;
const FULL: i32 = 255;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Automatic,
    White,
    Other,
}

#[derive(Default)]
pub struct Colors {
    colors: Vec<Color>,
    /// Red, green and blue of the color that is being read; `None` if the color is automatic.
    defined: Option<[i32; 3]>,
}

impl Colors {
    /// Reads a control word of the color table.
    pub fn define(&mut self, word: &str, parameter: Option<i32>) {
        let Some(part) = ["red", "green", "blue"].iter().position(|name| *name == word) else { return };
        self.defined.get_or_insert_default()[part] = parameter.unwrap_or(0);
    }

    /// Reads text of the color table. Each semicolon ends a color.
    pub fn end(&mut self, text: &[u8]) {
        for _ in text.iter().filter(|byte| **byte == b';').take(MAXIMUM_COLORS) {
            let color = match self.defined.take() {
                None => Color::Automatic,
                Some([FULL, FULL, FULL]) => Color::White,
                Some(_) => Color::Other,
            };
            if self.colors.len() < MAXIMUM_COLORS {
                self.colors.push(color);
            }
        }
    }

    pub fn get(&self, index: Option<i32>) -> Color {
        let index = index.and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
        self.colors.get(index).copied().unwrap_or(Color::Automatic)
    }
}
