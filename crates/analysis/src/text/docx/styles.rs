use crate::opc::attribute;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use strum::{EnumCount, EnumString};

/// Maximum number of styles in a chain of inheritance. The limit also ends cycles.
const MAXIMUM_CHAIN: usize = 32;

#[derive(Clone, Copy, EnumCount, EnumString)]
pub enum Property {
    #[strum(serialize = "vanish")]
    Hidden,
    #[strum(serialize = "strike")]
    Strike,
    #[strum(serialize = "dstrike")]
    DoubleStrike,
}

impl Property {
    /// Returns the property that an element sets, and its value.
    pub fn of(element: &BytesStart<'_>) -> Option<(Self, bool)> {
        let property = std::str::from_utf8(element.local_name().as_ref()).ok()?.parse().ok()?;
        Some((property, is_on(element)))
    }
}

/// Value of each property; `None` if the property is not set.
pub type Properties = [Option<bool>; Property::COUNT];
/// True for each property that is on.
pub type Switches = [bool; Property::COUNT];

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
    pub fn read(xml: &[u8]) -> Self {
        let mut reader = Reader::from_reader(xml);
        let mut styles = Self::default();
        let mut current: Option<(String, Style)> = None;
        while let Ok(event) = reader.read_event() {
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
        }
        styles
    }

    /// Returns the properties of a style, including inherited properties.
    pub fn switches(&self, id: &str) -> Switches {
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

    pub fn default_switches(&self) -> Switches {
        self.default_paragraph.as_deref().map(|id| self.switches(id)).unwrap_or_default()
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

/// Returns true if the on/off value of an element is on.
pub fn is_on(element: &BytesStart<'_>) -> bool {
    !attribute(element, b"val").is_some_and(|value| is_off(&value))
}

fn is_off(value: &str) -> bool {
    matches!(value, "0" | "false" | "off" | "none")
}
