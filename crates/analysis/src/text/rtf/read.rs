use super::charset::Charset;
use super::colors::Colors;
use super::destination::{Destination, Entry, entry};
use super::fonts::Fonts;
use super::output::Output;
use super::state::{State, Target};
use super::tables::RowDefinition;
use super::token::{Token, Tokens};
use super::words::character;
use crate::text::symbols::symbol;
use crate::text::xml::MAXIMUM_PART_TEXT_BYTES;
use crate::text::{Document, ExtractError};
use encoding_rs::WINDOWS_1252;
use std::mem::take;

/// Maximum depth of nested groups. Real documents stay far below this limit.
const MAXIMUM_DEPTH: usize = 256;
/// Maximum size of the class of an object, and of the name and value of a property of a shape.
const MAXIMUM_VALUE_BYTES: usize = 64;

pub fn read(bytes: &[u8]) -> Result<Document, ExtractError> {
    let mut reader = Reader::new();
    for token in Tokens::new(bytes) {
        reader.token(token)?;
        // Word ignores the bytes after the outermost group.
        if reader.is_finished {
            return Ok(reader.output.document());
        }
    }
    Err(ExtractError::damaged("it ends too early"))
}

pub struct Reader {
    pub state: State,
    /// States of the groups around the current group, innermost last.
    outer: Vec<State>,
    is_finished: bool,
    pub document_charset: Charset,
    pub fonts: Fonts,
    pub colors: Colors,
    pub row: RowDefinition,
    pub output: Output,
    /// Bytes of text that are not decoded yet.
    pending: Vec<u8>,
    /// First half of a surrogate pair.
    surrogate: Option<u32>,
    /// Number of fallback characters after `\u` that must still be skipped.
    skip: usize,
    /// True after `\*`. A reader skips a destination with this mark if it does not know the control word of the destination.
    is_ignorable: bool,
    /// Text of an object class, or of the name or value of a property of a shape.
    value: String,
    /// Name of the current property of a shape.
    property: String,
}

impl Reader {
    fn new() -> Self {
        Self {
            state: State::default(),
            outer: Vec::new(),
            is_finished: false,
            document_charset: Charset::Encoding(WINDOWS_1252),
            fonts: Fonts::default(),
            colors: Colors::default(),
            row: RowDefinition::default(),
            output: Output::default(),
            pending: Vec::new(),
            surrogate: None,
            skip: 0,
            is_ignorable: false,
            value: String::new(),
            property: String::new(),
        }
    }

    fn token(&mut self, token: Token<'_>) -> Result<(), ExtractError> {
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Text(bytes) => {
                let skipped = self.skip.min(bytes.len());
                self.skip -= skipped;
                self.bytes(&bytes[skipped..])
            }
            Token::Byte(byte) => self.token(Token::Text(&[byte])),
            Token::Symbol(symbol) => self.symbol(symbol),
            Token::Word(word, parameter) => self.word(word, parameter),
        }
    }

    fn open(&mut self) -> Result<(), ExtractError> {
        self.flush()?;
        (self.skip, self.is_ignorable) = (0, false);
        if self.outer.len() >= MAXIMUM_DEPTH {
            return Err(ExtractError::damaged("its groups are nested deeper than any writer does"));
        }
        self.outer.push(self.state);
        Ok(())
    }

    fn close(&mut self) -> Result<(), ExtractError> {
        self.flush()?;
        (self.skip, self.is_ignorable) = (0, false);
        let outer = self.outer.pop().unwrap_or_default();
        let inner = std::mem::replace(&mut self.state, outer);
        if inner.text_boxes > outer.text_boxes {
            self.output.layout(inner.target).end_text_box();
        }
        if inner.target != outer.target {
            self.output.end_extra(inner.target);
        }
        if inner.destination != outer.destination {
            self.end_value(inner.destination);
        }
        self.is_finished = self.outer.is_empty();
        Ok(())
    }

    /// Handles the collected value when the group of its destination ends.
    fn end_value(&mut self, destination: Destination) {
        match destination {
            Destination::ObjectClass => self.output.notices.record_object(&take(&mut self.value)),
            Destination::PropertyName => self.property = take(&mut self.value),
            Destination::PropertyValue => {
                let (property, value) = (take(&mut self.property), take(&mut self.value));
                // The group around the property belongs to the shape, so the group is hidden together with the shape.
                if let Some(shape) = self.outer.last_mut().filter(|_| property.trim() == "fHidden") {
                    shape.is_hidden |= !matches!(value.trim(), "" | "0");
                }
            }
            _ => {}
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ExtractError> {
        self.is_ignorable = false;
        match self.state.destination {
            Destination::Text if !bytes.is_empty() => {
                self.end_surrogate()?;
                if self.pending.len() + bytes.len() > MAXIMUM_PART_TEXT_BYTES {
                    return Err(ExtractError::too_large("it holds more than 8 MB of text"));
                }
                self.pending.extend(bytes);
            }
            Destination::ColorTable => self.colors.end(bytes),
            Destination::FontTable => self.fonts.name(bytes),
            Destination::ObjectClass | Destination::PropertyName | Destination::PropertyValue
                if self.value.len() < MAXIMUM_VALUE_BYTES =>
            {
                let part = &bytes[..bytes.len().min(MAXIMUM_VALUE_BYTES)];
                self.value.push_str(&String::from_utf8_lossy(part));
            }
            _ => {}
        }
        Ok(())
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), ExtractError> {
        match symbol {
            b'*' => {
                self.is_ignorable = true;
                Ok(())
            }
            b'~' => self.character('\u{A0}'),
            b'_' => self.character('\u{2011}'),
            b'\t' => self.character('\t'),
            b'\r' | b'\n' => self.word("par", None),
            _ => {
                self.skip = self.skip.saturating_sub(1);
                Ok(())
            }
        }
    }

    fn word(&mut self, word: &str, parameter: Option<i32>) -> Result<(), ExtractError> {
        let is_ignorable = take(&mut self.is_ignorable);
        if word == "u" {
            return self.unicode(parameter.unwrap_or(0));
        }
        if word == "bin" {
            self.skip = self.skip.saturating_sub(1);
            return Ok(());
        }
        if let Some(character) = character(word) {
            return self.character(character);
        }
        self.skip = 0;
        self.flush()?;
        match (entry(word), self.state.destination) {
            (_, Destination::Skipped) => {}
            (Some(entry), _) => self.enter(entry),
            (None, _) if is_ignorable => self.state.destination = Destination::Skipped,
            (None, Destination::FontTable) => self.fonts.define(word, parameter),
            (None, Destination::ColorTable) => self.colors.define(word, parameter),
            (None, Destination::NestedRow) if word == "nestrow" => self.end_row(word)?,
            (None, Destination::NestedRow) if matches!(word, "clins" | "cldel") => self.format(word, parameter),
            (None, Destination::Text) => self.text_word(word, parameter)?,
            (None, Destination::Container) if word == "sn" => self.state.destination = Destination::PropertyName,
            (None, Destination::Container) if word == "sv" => self.state.destination = Destination::PropertyValue,
            (None, Destination::Container) => self.format(word, parameter),
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, entry: Entry) {
        let is_text = self.state.destination == Destination::Text;
        if !is_text && self.state.destination != Destination::Container {
            self.state.destination = Destination::Skipped;
            return;
        }
        match entry {
            Entry::Become(destination) => self.state.destination = destination,
            Entry::Content => self.state.destination = Destination::Text,
            Entry::Label => self.state.is_label = true,
            Entry::TextBox => self.start_text_box(),
            Entry::Footnote if is_text => self.start_extra(Target::Footnote),
            Entry::Header if is_text => self.start_extra(Target::Header),
            Entry::Footer if is_text => self.start_extra(Target::Footer),
            Entry::Footnote | Entry::Header | Entry::Footer => {}
            Entry::Comment => {
                self.output.notices.has_comments = true;
                self.state.destination = Destination::Skipped;
            }
        }
    }

    fn start_text_box(&mut self) {
        self.state.destination = Destination::Text;
        // A group starts at most one text box, so the depth of groups bounds the number of open text boxes.
        if self.outer.last().is_some_and(|outer| outer.text_boxes == self.state.text_boxes) {
            self.state.text_boxes += 1;
            self.state.paragraph = Default::default();
            self.output.layout(self.state.target).start_text_box();
        }
    }

    fn start_extra(&mut self, target: Target) {
        let starts_text_box = self.outer.last().is_some_and(|outer| outer.text_boxes < self.state.text_boxes);
        // If this group starts a text box, the target stays `Body`, because the text box must end in the layout in which it
        // started.
        if self.state.target == Target::Body && !starts_text_box {
            self.state.target = target;
            self.state.paragraph = Default::default();
        }
    }

    fn unicode(&mut self, number: i32) -> Result<(), ExtractError> {
        self.skip = self.state.unicode_skip;
        if self.state.destination != Destination::Text {
            return Ok(());
        }
        self.flush()?;
        // Writers store 16-bit numbers above 32,767 as negative numbers.
        let code = u32::try_from(number).unwrap_or(number.wrapping_add(0x1_0000).cast_unsigned());
        if let (Some(high), 0xDC00..=0xDFFF) = (self.surrogate, code) {
            self.surrogate = None;
            return self.push_character(char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00)));
        }
        self.end_surrogate()?;
        match code {
            0xD800..=0xDBFF => {
                self.surrogate = Some(code);
                Ok(())
            }
            0xF000..=0xF0FF => self.push_character(Some(symbol(code))),
            _ => self.push_character(char::from_u32(code)),
        }
    }

    /// Handles a control word or symbol that represents a character.
    fn character(&mut self, character: char) -> Result<(), ExtractError> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        if self.state.destination != Destination::Text {
            return Ok(());
        }
        self.flush()?;
        self.end_surrogate()?;
        self.push_character(Some(character))
    }

    fn push_character(&mut self, character: Option<char>) -> Result<(), ExtractError> {
        self.push(character.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut [0; 4]))
    }

    fn push(&mut self, text: &str) -> Result<(), ExtractError> {
        let paragraph = &self.state.paragraph;
        let (tables, luma) = (self.row.tables(paragraph), self.row.luma(paragraph));
        self.output.push(&self.state, tables, luma, text)
    }

    /// Outputs a replacement character if the first half of a surrogate pair is pending.
    pub fn end_surrogate(&mut self) -> Result<(), ExtractError> {
        if self.surrogate.take().is_some() { self.push_character(None) } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ExtractError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut bytes = take(&mut self.pending);
        let text = self.decode(&bytes);
        bytes.clear();
        self.pending = bytes;
        self.push(&text)
    }

    fn decode(&mut self, bytes: &[u8]) -> String {
        let charset = match self.fonts.charset(self.state.characters.font) {
            Charset::Document => self.document_charset,
            charset => charset,
        };
        let other = match charset {
            Charset::Encoding(encoding) => return encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Charset::Symbol | Charset::Pictures => |byte: u8| symbol(0xF000 | u32::from(byte)),
            Charset::Document | Charset::Unknown => {
                self.output.notices.has_unknown_letters |= !bytes.is_ascii();
                |_: u8| char::REPLACEMENT_CHARACTER
            }
        };
        let is_letter = |byte: u8| byte.is_ascii() && !(charset == Charset::Pictures && byte.is_ascii_graphic());
        bytes.iter().map(|byte| if is_letter(*byte) { char::from(*byte) } else { other(*byte) }).collect()
    }
}
