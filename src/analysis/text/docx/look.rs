//! Whether the text of a run is hidden or struck out.

use super::styles::{Properties, Property};

type Switches = [bool; Property::ALL.len()];

/// Properties set by the paragraph style, the character style and the run itself, which overrides both.
#[derive(Clone, Copy, Default)]
pub struct Look {
    by_paragraph: Switches,
    by_style: Switches,
    by_run: Properties,
}

impl Look {
    /// Begins a paragraph, with the properties of the default style.
    pub fn start_paragraph(&mut self, default: Switches) {
        *self = Self { by_paragraph: default, ..Self::default() };
    }

    /// The paragraph has a style with these properties.
    pub fn style_paragraph(&mut self, style: Switches) {
        self.by_paragraph = style;
    }

    /// A run begins or ends.
    pub fn reset_run(&mut self) {
        (self.by_style, self.by_run) = (Switches::default(), Properties::default());
    }

    /// The run has a style with these properties.
    pub fn style_run(&mut self, style: Switches) {
        self.by_style = style;
    }

    /// The run itself sets a property.
    pub fn set(&mut self, property: Property, is_on: bool) {
        self.by_run[property as usize] = Some(is_on);
    }

    /// Whether Word hides the text.
    pub fn is_hidden(self) -> bool {
        self.is_on(Property::Vanish)
    }

    /// Whether the text is struck out.
    pub fn is_struck(self) -> bool {
        self.is_on(Property::Strike) || self.is_on(Property::DoubleStrike)
    }

    /// These properties are toggles (ISO/IEC 29500-1, 17.7.3): the styles of paragraph and run cancel each other out.
    fn is_on(self, property: Property) -> bool {
        let at = property as usize;
        self.by_run[at].unwrap_or(self.by_paragraph[at] != self.by_style[at])
    }
}
