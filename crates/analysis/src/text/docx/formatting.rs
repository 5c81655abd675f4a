use super::styles::{Properties, Property, Switches};

/// Properties that determine whether the text of a run is hidden or struck out. Properties that the run sets itself override
/// those of the run style and the paragraph style.
#[derive(Clone, Copy, Default)]
pub struct Formatting {
    pub paragraph_style: Switches,
    pub run_style: Switches,
    pub run: Properties,
}

impl Formatting {
    pub fn reset_run(&mut self) {
        *self = Self { paragraph_style: self.paragraph_style, ..Self::default() };
    }

    pub fn is_hidden(self) -> bool {
        self.is_on(Property::Hidden)
    }

    pub fn is_struck(self) -> bool {
        self.is_on(Property::Strike) || self.is_on(Property::DoubleStrike)
    }

    /// Returns true if a property is on. Two styles that set the property cancel each other out (ISO/IEC 29500-1, 17.7.3).
    fn is_on(self, property: Property) -> bool {
        let at = property as usize;
        self.run[at].unwrap_or(self.paragraph_style[at] != self.run_style[at])
    }
}
