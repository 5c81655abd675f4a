use super::properties::Properties;
use crate::{opc::attribute, text::ExtractError};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::HashMap;

/// Maximum number of styles in a chain of inheritance. The limit also ends cycles.
const MAXIMUM_CHAIN: usize = 32;
const MAXIMUM_STYLES: usize = 65_536;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    Text,
    Paragraph,
    Cell,
}

impl Family {
    fn of(style: &BytesStart<'_>) -> Option<Self> {
        match attribute(style, b"family")?.as_str() {
            "text" => Some(Self::Text),
            "paragraph" => Some(Self::Paragraph),
            "table-cell" => Some(Self::Cell),
            _ => None,
        }
    }
}

/// Styles of one element of a part, such as `office:automatic-styles`.
#[derive(Default)]
pub struct Section {
    styles: HashMap<(Family, String), Style>,
    defaults: HashMap<Family, Properties>,
}

#[derive(Default)]
struct Style {
    parent: Option<String>,
    properties: Properties,
}

/// Styles that the elements of a part can use.
pub struct Styles {
    pub automatic: Section,
    pub common: Section,
}

impl Styles {
    /// Returns the properties of a style, including inherited properties. `None` is the default style.
    pub fn properties(&self, family: Family, name: Option<String>) -> Properties {
        let mut properties = Properties::default();
        let mut next = name.map(|name| (family, name));
        for _ in 0..MAXIMUM_CHAIN {
            let Some(key) = next else { break };
            let Some(style) = self.automatic.styles.get(&key).or_else(|| self.common.styles.get(&key)) else { break };
            properties = properties.or(style.properties);
            next = style.parent.clone().map(|parent| (family, parent));
        }
        properties.or(self.common.defaults.get(&family).copied().unwrap_or_default())
    }
}

impl Section {
    /// Reads the styles inside an element, up to the first XML error.
    pub fn read(xml: &[u8], element: &[u8]) -> Result<Self, ExtractError> {
        let mut reader = Reader::from_reader(xml);
        let mut section = Self::default();
        let mut current: Option<Open> = None;
        let mut is_inside = false;
        while let Ok(event) = reader.read_event() {
            match &event {
                Event::Start(start) if start.local_name().as_ref() == element => is_inside = true,
                Event::End(end) if end.local_name().as_ref() == element => is_inside = false,
                Event::Start(start) if is_inside && is_style(start) => current = Open::new(start),
                Event::Empty(start) if is_inside && is_style(start) => section.add(Open::new(start))?,
                Event::End(end) if matches!(end.local_name().as_ref(), b"style" | b"default-style") => {
                    section.add(current.take())?
                }
                Event::Start(start) | Event::Empty(start) => {
                    if let Some(open) = &mut current {
                        open.style.properties.set(start);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        Ok(section)
    }

    fn add(&mut self, open: Option<Open>) -> Result<(), ExtractError> {
        match open {
            None => {}
            Some(Open { family, name: Some(name), style }) => _ = self.styles.insert((family, name), style),
            Some(Open { family, name: None, style }) => _ = self.defaults.insert(family, style.properties),
        }
        if self.styles.len() > MAXIMUM_STYLES {
            return Err(ExtractError::too_large("it defines more than 65,536 styles"));
        }
        Ok(())
    }
}

struct Open {
    family: Family,
    /// `None` for the default style of the family.
    name: Option<String>,
    style: Style,
}

impl Open {
    fn new(start: &BytesStart<'_>) -> Option<Self> {
        let is_default = start.local_name().as_ref() == b"default-style";
        let name = attribute(start, b"name").filter(|_| !is_default);
        let style = Style { parent: attribute(start, b"parent-style-name"), properties: Properties::default() };
        (name.is_some() || is_default).then_some(())?;
        Some(Self { family: Family::of(start)?, name, style })
    }
}

fn is_style(start: &BytesStart<'_>) -> bool {
    matches!(start.local_name().as_ref(), b"style" | b"default-style")
}
