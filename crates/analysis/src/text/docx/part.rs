//! Extracts the text of one XML part. The open elements are in a separate stack, so deep nesting cannot overflow the call stack.

use super::{
    formatting::Formatting,
    layout::{Layout, Pushed},
    styles::{Property, Styles, is_on},
    visibility::{Visibility, is_dark},
};
use crate::{
    opc::attribute,
    text::{ExtractError, hidden_text::HiddenText},
};
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

/// Maximum depth of nested elements. Documents are far below this limit.
const MAXIMUM_DEPTH: usize = 256;
/// Maximum size of the text in a part. The limit for the whole document is lower.
const MAXIMUM_PART_TEXT_BYTES: usize = 16 * 1024 * 1024;

/// Limitations of the extracted text. The text does not contain hidden text, struck-out text, placeholders, or the text of
/// imported parts (`altChunk`, `subDoc`) and embedded files.
#[derive(Default)]
pub struct Notices {
    pub has_tracked_changes: bool,
    pub has_hidden_text: bool,
    pub has_struck_text: bool,
    pub has_placeholders: bool,
    /// True if the text contains white or very small text.
    pub has_faint_text: bool,
    /// Hidden text and faint text.
    pub hidden_text: HiddenText,
    pub has_imported_parts: bool,
    pub has_embedded_files: bool,
}

/// Extracts the text of a part, whose root element must be one of `roots`.
pub fn read_part(xml: &[u8], roots: &[&str], styles: &Styles, notices: &mut Notices) -> Result<String, ExtractError> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = true;
    let mut walk = Walk {
        open: Vec::new(),
        layout: Layout::default(),
        visibility: Visibility::default(),
        skipped: 0,
        has_root: false,
        controls: Vec::new(),
        styles,
        notices,
    };
    loop {
        let event = reader.read_event().map_err(|_| ExtractError::damaged("its XML is broken"))?;
        match event {
            Event::Start(element) => walk.start(&element, roots)?,
            Event::Empty(element) => {
                walk.start(&element, roots)?;
                walk.end();
            }
            Event::End(_) => walk.end(),
            Event::Text(text) => walk.text(&text.decode().map_err(|_| ExtractError::damaged("its letters are broken"))?),
            Event::CData(text) => walk.text(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(reference) => walk.reference(&reference)?,
            Event::DocType(_) => {
                return Err(ExtractError::damaged("it declares its own XML entities, which no Word document does"));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if walk.layout.len() > MAXIMUM_PART_TEXT_BYTES {
            return Err(ExtractError::too_large("it holds more than 8 MB of text"));
        }
    }
    if !walk.open.is_empty() || !walk.has_root {
        return Err(ExtractError::damaged("its XML ends too early"));
    }
    Ok(walk.layout.finish())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Plain,
    /// Ignored with its content.
    Skip,
    Letters,
    Paragraph,
    ParagraphProperties,
    Run,
    RunProperties,
    RowProperties,
    Row,
    Cell,
    TextBox,
    Control,
    ControlProperties,
}

struct Walk<'a> {
    open: Vec<Mark>,
    layout: Layout,
    visibility: Visibility,
    skipped: usize,
    has_root: bool,
    /// One value for each open content control, innermost last. The value is true if the control shows its placeholder.
    controls: Vec<bool>,
    styles: &'a Styles,
    notices: &'a mut Notices,
}

impl Walk<'_> {
    fn start(&mut self, element: &BytesStart<'_>, roots: &[&str]) -> Result<(), ExtractError> {
        let local = element.local_name();
        let name = std::str::from_utf8(local.as_ref()).unwrap_or_default();
        if self.open.is_empty() {
            if self.has_root || !roots.contains(&name) {
                return Err(ExtractError::damaged("its main part is no Word document"));
            }
            self.has_root = true;
        }
        if self.open.len() >= MAXIMUM_DEPTH {
            return Err(ExtractError::damaged("its parts are nested deeper than any writer does"));
        }
        let mark = if self.skipped > 0 { Mark::Plain } else { self.mark(name, element) };
        if mark == Mark::Skip || self.skipped > 0 {
            self.skipped += 1;
        }
        self.begin(mark);
        self.open.push(mark);
        Ok(())
    }

    fn begin(&mut self, mark: Mark) {
        match mark {
            Mark::Paragraph => {
                let style = self.styles.default_switches();
                self.layout.start_paragraph(Formatting { paragraph_style: style, ..Formatting::default() });
                self.visibility.paragraph_is_shaded = false;
                self.notices.hidden_text.separate();
            }
            Mark::Run => {
                self.layout.formatting().reset_run();
                self.visibility.start_run();
            }
            Mark::Row => self.layout.start_row(),
            Mark::Cell => self.visibility.cells_are_shaded.push(false),
            Mark::TextBox => self.layout.start_text_box(),
            Mark::Control => self.controls.push(false),
            _ => {}
        }
    }

    fn mark(&mut self, name: &str, element: &BytesStart<'_>) -> Mark {
        let parent = self.open.last().copied().unwrap_or(Mark::Plain);
        match (parent, name) {
            (Mark::RunProperties | Mark::RowProperties | Mark::ParagraphProperties, _) => {
                return self.property(parent, name, element);
            }
            (Mark::ControlProperties, _) => {
                self.control_property(name, element);
                return Mark::Skip;
            }
            (Mark::Control, "sdtContent") if self.controls.last() == Some(&true) => return Mark::Skip,
            _ => {}
        }
        match name {
            "t" => Mark::Letters,
            "p" => Mark::Paragraph,
            "pPr" => Mark::ParagraphProperties,
            "r" => Mark::Run,
            "rPr" => Mark::RunProperties,
            "trPr" => Mark::RowProperties,
            "tr" => Mark::Row,
            "tc" => Mark::Cell,
            "shd" => {
                if let Some(is_shaded) = self.visibility.cells_are_shaded.last_mut() {
                    *is_shaded = is_dark(element);
                }
                Mark::Plain
            }
            "txbxContent" => Mark::TextBox,
            "sdt" => Mark::Control,
            "sdtPr" => Mark::ControlProperties,
            "ins" | "moveTo" => {
                self.notices.has_tracked_changes = true;
                Mark::Plain
            }
            "del" | "moveFrom" => {
                self.notices.has_tracked_changes = true;
                Mark::Skip
            }
            // A `Fallback` repeats the text of its `Choice`. Instructions and deleted text are not visible.
            "Fallback" | "instrText" | "delText" | "delInstrText" | "annotationRef" | "rt" | "tblPr" | "sectPr" => Mark::Skip,
            "altChunk" | "subDoc" => {
                self.notices.has_imported_parts = true;
                Mark::Skip
            }
            "OLEObject" if is_document(element) => {
                self.notices.has_embedded_files = true;
                Mark::Skip
            }
            _ => self.character(name, element),
        }
    }

    fn character(&mut self, name: &str, element: &BytesStart<'_>) -> Mark {
        let character = match name {
            "tab" | "ptab" => '\t',
            "br" | "cr" => '\n',
            "noBreakHyphen" => '-',
            "sym" => symbol(attribute(element, b"char").as_deref()),
            _ => return Mark::Plain,
        };
        self.layout.push(character.encode_utf8(&mut [0; 4]));
        Mark::Plain
    }

    fn property(&mut self, parent: Mark, name: &str, element: &BytesStart<'_>) -> Mark {
        let style = || attribute(element, b"val").map(|style| self.styles.switches(&style)).unwrap_or_default();
        let in_run = parent == Mark::RunProperties && self.open.iter().rev().nth(1) == Some(&Mark::Run);
        match name {
            "rPr" if parent == Mark::ParagraphProperties => return Mark::RunProperties,
            "pStyle" => self.layout.formatting().paragraph_style = style(),
            "rStyle" if in_run => self.layout.formatting().run_style = style(),
            "del" | "moveFrom" | "ins" | "moveTo" => {
                self.notices.has_tracked_changes = true;
                match (parent, name) {
                    (Mark::RowProperties, "del") => self.layout.delete_row(),
                    (Mark::RunProperties, "del" | "moveFrom") if !in_run => self.layout.join_paragraphs(),
                    _ => {}
                }
            }
            "shd" if parent == Mark::ParagraphProperties => self.visibility.paragraph_is_shaded = is_dark(element),
            _ if in_run => {
                if let Some((property, is_on)) = Property::of(element) {
                    self.layout.formatting().run[property as usize] = Some(is_on);
                }
                self.visibility.run_property(name, element);
            }
            _ => {}
        }
        // The skipped elements, such as tab stops, borders and previous properties, contain no text.
        Mark::Skip
    }

    fn control_property(&mut self, name: &str, element: &BytesStart<'_>) {
        if let (Some(shows_placeholder), "showingPlcHdr") = (self.controls.last_mut(), name) {
            *shows_placeholder = is_on(element);
            self.notices.has_placeholders |= *shows_placeholder;
        }
    }

    fn end(&mut self) {
        let Some(mark) = self.open.pop() else { return };
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match mark {
            Mark::Paragraph => self.layout.end_paragraph(),
            Mark::Run => self.layout.formatting().reset_run(),
            Mark::Control => _ = self.controls.pop(),
            Mark::Cell => {
                self.layout.end_cell();
                self.visibility.cells_are_shaded.pop();
            }
            Mark::Row => self.layout.end_row(),
            Mark::TextBox => self.layout.end_text_box(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 || self.open.last() != Some(&Mark::Letters) {
            return;
        }
        let pushed = self.layout.push(text);
        if text.trim().is_empty() || pushed == Pushed::Struck {
            self.notices.has_struck_text |= !text.trim().is_empty();
            return;
        }
        let (is_hidden, is_faint) = (pushed == Pushed::Hidden, self.visibility.is_faint());
        self.notices.has_hidden_text |= is_hidden;
        self.notices.has_faint_text |= is_faint;
        if is_hidden || is_faint {
            self.notices.hidden_text.add(text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), ExtractError> {
        let unknown = || ExtractError::damaged("it uses an XML entity that does not exist");
        let character = match reference.resolve_char_ref().map_err(|_| unknown())? {
            Some(character) => character,
            None => match reference.decode().map_err(|_| unknown())?.as_ref() {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => return Err(unknown()),
            },
        };
        self.text(character.encode_utf8(&mut [0; 4]));
        Ok(())
    }
}

/// Returns true if an embedded object is a document, and not a formula or a chart.
fn is_document(object: &BytesStart<'_>) -> bool {
    let program = attribute(object, b"ProgID").unwrap_or_default();
    ["Word.", "AcroExch.", "Acrobat.", "Package"].iter().any(|start| program.starts_with(start))
}

/// Converts a private-use character of a symbol font to a Unicode character.
fn symbol(code: Option<&str>) -> char {
    let code = code.and_then(|code| u32::from_str_radix(code, 16).ok()).unwrap_or(0);
    match code {
        0xF06F | 0xF0A8 | 0xF071 | 0x2610 => '\u{2610}',
        0xF0FE | 0xF0FD | 0xF078 | 0xF053 | 0x2612 => '\u{2612}',
        0xF0D3 => '\u{A9}',
        0xF0D2 | 0xF0E2 => '\u{AE}',
        0xF000..=0xF0FF => '\u{2022}',
        code => char::from_u32(code).filter(|character| !character.is_control()).unwrap_or('\u{2022}'),
    }
}
