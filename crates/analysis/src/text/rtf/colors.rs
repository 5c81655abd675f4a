/// Maximum number of colors. Word writes at most a few hundred.
const MAXIMUM_COLORS: usize = 4_096;
/// Luma of white. Any other color has a lower luma.
pub const WHITE: u8 = 255;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    #[default]
    Automatic,
    /// Brightness of a color, from 0 to 255.
    Luma(u8),
}

impl Color {
    pub fn luma(self) -> Option<u8> {
        match self {
            Self::Automatic => None,
            Self::Luma(luma) => Some(luma),
        }
    }
}

#[derive(Default)]
pub struct Colors {
    colors: Vec<Color>,
    /// Red, green and blue of the color that is being read; `None` if the color is automatic.
    defined: Option<[u8; 3]>,
}

impl Colors {
    /// Reads a control word of the color table.
    pub fn define(&mut self, word: &str, parameter: Option<i32>) {
        let Some(part) = ["red", "green", "blue"].iter().position(|name| *name == word) else { return };
        self.defined.get_or_insert_default()[part] = u8::try_from(parameter.unwrap_or(0).max(0)).unwrap_or(u8::MAX);
    }

    /// Reads text of the color table. Each semicolon ends a color.
    pub fn end(&mut self, text: &[u8]) {
        for _ in text.iter().filter(|byte| **byte == b';').take(MAXIMUM_COLORS) {
            let color = self.defined.take().map_or(Color::Automatic, |color| Color::Luma(luma(color)));
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

/// Returns the luma of a color (ITU-R BT.709), rounded down.
fn luma(color: [u8; 3]) -> u8 {
    let sum: u32 = color.into_iter().zip([2_126, 7_152, 722]).map(|(part, weight)| u32::from(part) * weight).sum();
    u8::try_from(sum / 10_000).unwrap_or(WHITE)
}
