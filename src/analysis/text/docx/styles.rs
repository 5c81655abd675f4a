//! Styles that hide or strike out text.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bounds the chain of based-on styles, which may be a cycle.
const MAXIMUM_CHAIN: usize = 32;

/// A text property that styles set and runs override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// Hidden text.
    Vanish,
    /// Strikethrough.
    Strike,
    /// Double strikethrough.
    DoubleStrike,
}

impl Property {
    /// Every property, in the order of [`Properties`].
    pub const ALL: [Self; 3] = [Self::Vanish, Self::Strike, Self::DoubleStrike];

    /// The property that an element sets, and its value.
    pub fn of(element: &BytesStart<'_>) -> Option<(Self, bool)> {
        let property = match element.local_name().as_ref() {
            b"vanish" => Self::Vanish,
            b"strike" => Self::Strike,
            b"dstrike" => Self::DoubleStrike,
            _ => return None,
        };
        Some((property, is_on(element)))
    }
}

/// Value of each property; `None` if unset.
pub type Properties = [Option<bool>; Property::ALL.len()];

/// The styles of a document, by their identifiers.
#[derive(Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    default_paragraph: Option<String>,
}

#[derive(Default)]
struct Style {
    based_on: Option<String>,
    properties: Properties,
}

impl Styles {
    /// Reads a style sheet, up to the first XML error.
    pub fn read(xml: &[u8]) -> Self {
        let mut reader = Reader::from_reader(xml);
        let mut styles = Self::default();
        let mut current: Option<(String, Style)> = None;
        let mut buffer = Vec::new();
        while let Ok(event) = reader.read_event_into(&mut buffer) {
            match &event {
                Event::Start(element) if element.local_name().as_ref() == b"style" => {
                    current = attribute(element, b"styleId").map(|id| (id, Style::default()));
                    if is_default_paragraph(element) {
                        styles.default_paragraph = attribute(element, b"styleId");
                    }
                }
                Event::End(element) if element.local_name().as_ref() == b"style" => styles.styles.extend(current.take()),
                Event::Start(element) | Event::Empty(element) => {
                    if let Some((_, style)) = &mut current {
                        style.set(element);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
            buffer.clear();
        }
        styles
    }

    /// Properties that a style switches on, including inherited ones.
    pub fn switched_on(&self, id: &str) -> [bool; Property::ALL.len()] {
        let mut properties = Properties::default();
        let mut next = Some(id);
        for _ in 0..MAXIMUM_CHAIN {
            let Some(style) = next.and_then(|id| self.styles.get(id)) else { break };
            for (found, own) in properties.iter_mut().zip(style.properties) {
                *found = found.or(own);
            }
            next = style.based_on.as_deref();
        }
        properties.map(|property| property.unwrap_or(false))
    }

    /// Properties of paragraphs without a style.
    pub fn switched_on_by_default(&self) -> [bool; Property::ALL.len()] {
        self.default_paragraph.as_deref().map(|id| self.switched_on(id)).unwrap_or_default()
    }
}

impl Style {
    fn set(&mut self, element: &BytesStart<'_>) {
        if element.local_name().as_ref() == b"basedOn" {
            self.based_on = attribute(element, b"val");
        }
        if let Some((property, is_on)) = Property::of(element) {
            self.properties[property as usize] = Some(is_on);
        }
    }
}

fn is_default_paragraph(style: &BytesStart<'_>) -> bool {
    attribute(style, b"type").as_deref() == Some("paragraph") && attribute(style, b"default").is_some_and(|value| !is_off(&value))
}

/// Whether an on/off element is on.
pub fn is_on(element: &BytesStart<'_>) -> bool {
    !attribute(element, b"val").is_some_and(|value| is_off(&value))
}

fn is_off(value: &str) -> bool {
    matches!(value, "0" | "false" | "off" | "none")
}

/// The value of an attribute, by its name without prefix.
pub fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}
