//! Which styles hide the text they are used on.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The identifiers of the styles that hide text. A style sheet that cannot be read hides nothing.
pub fn hidden_styles(xml: &[u8]) -> HashSet<String> {
    let mut reader = Reader::from_reader(xml);
    let mut hidden = HashSet::new();
    let mut style = None;
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match &event {
            Event::Start(element) if element.local_name().as_ref() == b"style" => style = attribute(element, b"styleId"),
            Event::End(element) if element.local_name().as_ref() == b"style" => style = None,
            Event::Start(element) | Event::Empty(element) if is_on(element, b"vanish") => hidden.extend(style.clone()),
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    hidden
}

/// Whether the element is this switch, and not switched off.
pub fn is_on(element: &BytesStart<'_>, name: &[u8]) -> bool {
    element.local_name().as_ref() == name
        && !matches!(attribute(element, b"val").as_deref(), Some("0" | "false" | "off" | "none"))
}

/// The value of an attribute, by its name without prefix.
pub fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}
