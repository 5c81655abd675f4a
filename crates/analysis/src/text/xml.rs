//! Reads an XML part of a ZIP package event by event. It does not use recursion, so deep nesting cannot overflow the call stack.

use super::ExtractError;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Maximum depth of nested elements. Real documents stay far below this limit.
const MAXIMUM_DEPTH: usize = 256;
/// Maximum size of the text in a part, in bytes. The limit for the text of the whole document is lower.
pub const MAXIMUM_PART_TEXT_BYTES: usize = 16 * 1024 * 1024;

pub trait Handler {
    /// Receives a start tag. `name` is the name without a namespace prefix.
    fn start(&mut self, name: &str, element: &BytesStart<'_>);
    fn end(&mut self);
    fn text(&mut self, text: &str);
    /// Returns the number of text bytes that have been extracted so far.
    fn text_bytes(&self) -> usize;
}

/// Passes the XML events of a part to a handler. Fails if the root element is not one of `roots`.
pub fn walk(xml: &[u8], roots: &[&str], handler: &mut impl Handler) -> Result<(), ExtractError> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = true;
    let mut nesting = Nesting { roots, depth: 0, has_root: false };
    loop {
        match reader.read_event().map_err(|_| ExtractError::damaged("its XML is broken"))? {
            Event::Start(element) => nesting.start(&element, handler)?,
            Event::Empty(element) => {
                nesting.start(&element, handler)?;
                nesting.end(handler);
            }
            Event::End(_) => nesting.end(handler),
            Event::Text(text) => handler.text(&text.decode().map_err(|_| ExtractError::damaged("its letters are broken"))?),
            Event::CData(text) => handler.text(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(reference) => handler.text(character(&reference)?.encode_utf8(&mut [0; 4])),
            Event::DocType(_) => {
                return Err(ExtractError::damaged("it declares its own XML entities, which no word processor does"));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if handler.text_bytes() > MAXIMUM_PART_TEXT_BYTES {
            return Err(ExtractError::too_large("it holds more than 8 MB of text"));
        }
    }
    if nesting.depth > 0 || !nesting.has_root { Err(ExtractError::damaged("its XML ends too early")) } else { Ok(()) }
}

struct Nesting<'a> {
    roots: &'a [&'a str],
    depth: usize,
    has_root: bool,
}

impl Nesting<'_> {
    fn start(&mut self, element: &BytesStart<'_>, handler: &mut impl Handler) -> Result<(), ExtractError> {
        let local = element.local_name();
        let name = std::str::from_utf8(local.as_ref()).unwrap_or_default();
        if self.depth == 0 {
            if self.has_root || !self.roots.contains(&name) {
                return Err(ExtractError::damaged("its main part is no text document"));
            }
            self.has_root = true;
        }
        if self.depth >= MAXIMUM_DEPTH {
            return Err(ExtractError::damaged("its parts are nested deeper than any writer does"));
        }
        self.depth += 1;
        handler.start(name, element);
        Ok(())
    }

    fn end(&mut self, handler: &mut impl Handler) {
        self.depth = self.depth.saturating_sub(1);
        handler.end();
    }
}

fn character(reference: &BytesRef<'_>) -> Result<char, ExtractError> {
    let unknown = || ExtractError::damaged("it uses an XML entity that does not exist");
    if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(character);
    }
    match reference.decode().map_err(|_| unknown())?.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(unknown()),
    }
}
