//! Background of characters, paragraphs and table cells.

use super::colors::{Color, WHITE};

const FULL_PERCENTAGE: i32 = 10_000;
const BLACK: u8 = 0;

/// Pattern over a background color.
#[derive(Clone, Copy, Default)]
pub struct Shading {
    pub background: Color,
    pub pattern: Color,
    /// Part of the area that the pattern covers, in hundredths of a percent.
    percentage: i32,
}

impl Shading {
    pub fn set_percentage(&mut self, parameter: Option<i32>) {
        self.percentage = parameter.unwrap_or(0).clamp(0, FULL_PERCENTAGE);
    }

    /// Returns the average luma of the area, or `None` if it has no background.
    pub fn luma(self) -> Option<u8> {
        if self.background == Color::Automatic && self.percentage == 0 {
            return None;
        }
        let (background, pattern) = (self.background.luma().unwrap_or(WHITE), self.pattern.luma().unwrap_or(BLACK));
        let sum = i32::from(background) * (FULL_PERCENTAGE - self.percentage) + i32::from(pattern) * self.percentage;
        u8::try_from(sum / FULL_PERCENTAGE).ok()
    }
}
