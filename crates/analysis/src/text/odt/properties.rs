//! Formatting properties that determine how text looks.

use crate::opc::attribute;
use crate::text::notices::Appearance;
use quick_xml::events::BytesStart;
use strum::EnumCount;

/// Largest font size that counts as invisible, in points.
const SMALL_POINTS: f64 = 2.0;

#[derive(Clone, Copy, EnumCount)]
enum Property {
    Hidden,
    Struck,
    White,
    Small,
    /// The letters have a background color other than white.
    Shaded,
    /// The paragraph or table cell has a background color other than white.
    BlockShaded,
}

/// Value of each property; `None` if the property is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Properties([Option<bool>; Property::COUNT]);

impl Properties {
    /// Adds the properties that an element of a style sets.
    pub fn set(&mut self, element: &BytesStart<'_>) {
        let is = |name: &[u8], expected: &str| attribute(element, name).map(|value| value == expected);
        let background = attribute(element, b"background-color").map(|color| is_color(&color) && !is_white(&color));
        match element.local_name().as_ref() {
            b"text-properties" => {
                let line = [is(b"text-line-through-style", "none"), is(b"text-line-through-type", "none")];
                self.put(Property::Hidden, hidden(element));
                self.put(Property::Struck, line.into_iter().flatten().reduce(|one, other| one || other).map(|is_none| !is_none));
                self.put(Property::White, attribute(element, b"color").map(|color| is_white(&color)));
                self.put(Property::White, is(b"use-window-font-color", "true").filter(|is_on| *is_on).map(|_| false));
                let points = attribute(element, b"font-size").and_then(|size| points(&size));
                self.put(Property::Small, points.map(|points| points <= SMALL_POINTS));
                self.put(Property::Shaded, background);
            }
            b"paragraph-properties" | b"table-cell-properties" => self.put(Property::BlockShaded, background),
            _ => {}
        }
    }

    fn put(&mut self, property: Property, value: Option<bool>) {
        let place = &mut self.0[property as usize];
        *place = value.or(*place);
    }

    fn is_on(self, property: Property) -> bool {
        self.0[property as usize] == Some(true)
    }

    /// Adds the properties of an outer element or a parent style, unless they are already set.
    pub fn or(self, outer: Self) -> Self {
        let mut merged = self;
        for (inner, outer) in merged.0.iter_mut().zip(outer.0) {
            *inner = inner.or(outer);
        }
        merged
    }

    pub fn is_block_shaded(self) -> bool {
        self.is_on(Property::BlockShaded)
    }

    pub fn appearance(self, is_in_shaded_cell: bool) -> Appearance {
        let is_shaded = self.is_on(Property::Shaded) || self.is_on(Property::BlockShaded) || is_in_shaded_cell;
        match () {
            () if self.is_on(Property::Hidden) => Appearance::Hidden,
            () if self.is_on(Property::Struck) => Appearance::Struck,
            () if self.is_on(Property::Small) || (self.is_on(Property::White) && !is_shaded) => Appearance::Faint,
            () => Appearance::Plain,
        }
    }
}

fn hidden(element: &BytesStart<'_>) -> Option<bool> {
    let display = attribute(element, b"display")?;
    // The only condition that OpenDocument 1.3 defines is "none" (part 3, 20.371).
    Some(display == "none" || (display == "condition" && attribute(element, b"condition").as_deref() == Some("none")))
}

fn is_color(value: &str) -> bool {
    value.starts_with('#')
}

fn is_white(value: &str) -> bool {
    value.eq_ignore_ascii_case("#ffffff")
}

/// Converts a length to points. Returns `None` for relative lengths.
fn points(length: &str) -> Option<f64> {
    let unit_at = length.find(|character: char| character.is_ascii_alphabetic() || character == '%')?;
    let (number, unit) = length.split_at(unit_at);
    let points = match unit {
        "pt" => 1.0,
        "pc" => 12.0,
        "in" => 72.0,
        "cm" => 72.0 / 2.54,
        "mm" => 7.2 / 2.54,
        "px" => 0.75,
        _ => return None,
    };
    number.trim().parse::<f64>().ok().map(|number| number * points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        for (length, expected) in [("2pt", Some(true)), ("0.5mm", Some(true)), ("12pt", Some(false)), ("50%", None), ("x", None)]
        {
            assert_eq!(points(length).map(|points| points <= SMALL_POINTS), expected, "{length}");
        }
    }
}
