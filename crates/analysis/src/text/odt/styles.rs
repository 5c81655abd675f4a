use super::properties::Properties;
use crate::opc::attribute;
use crate::text::ExtractError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{HashMap, HashSet};

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

/// Family and name of a style.
type Key<'a> = (Family, &'a str);

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

/// Properties of the styles that the elements of a part can use, including inherited properties.
pub struct Styles<'a> {
    resolved: HashMap<Key<'a>, Properties>,
    defaults: HashMap<Family, Properties>,
}

impl<'a> Styles<'a> {
    /// Resolves the styles of a part and of the document. Each style is resolved once, so the time is linear even
    /// if the names of styles and the chains of parent styles are long.
    pub fn new(automatic: &'a Section, common: &'a Section) -> Self {
        // An automatic style replaces a common style with the same name.
        let styles = common.styles.iter().chain(&automatic.styles);
        let styles: HashMap<Key<'a>, &Style> = styles.map(|((family, name), style)| ((*family, name.as_str()), style)).collect();
        let mut resolved = Self { resolved: HashMap::new(), defaults: common.defaults.clone() };
        for key in styles.keys() {
            resolved.resolve(*key, &styles);
        }
        resolved
    }

    fn resolve(&mut self, key: Key<'a>, styles: &HashMap<Key<'a>, &'a Style>) {
        let mut chain: Vec<(Key<'a>, &Style)> = Vec::new();
        let mut visited = HashSet::new();
        let mut inherited = Properties::default();
        let mut next = Some(key);
        while let Some(key) = next.take() {
            if let Some(resolved) = self.resolved.get(&key) {
                inherited = *resolved;
            } else if !visited.insert(key) {
                // In a cycle, each style inherits from all other styles of the cycle. The result does not depend on the style
                // that is resolved first.
                let cycle = chain.iter().skip_while(|(known, _)| *known != key);
                inherited = cycle.fold(inherited, |merged, (_, style)| merged.or(style.properties));
            } else if let Some(style) = styles.get(&key) {
                chain.push((key, *style));
                next = style.parent.as_deref().map(|parent| (key.0, parent));
            }
        }
        for (key, style) in chain.into_iter().rev() {
            inherited = style.properties.or(inherited);
            self.resolved.insert(key, inherited);
        }
    }

    /// Returns the properties of a style. `None` is the default style.
    pub fn properties(&self, family: Family, name: Option<String>) -> Properties {
        let named = name.and_then(|name| self.resolved.get(&(family, name.as_str())).copied()).unwrap_or_default();
        named.or(self.defaults.get(&family).copied().unwrap_or_default())
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
