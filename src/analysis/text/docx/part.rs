//! One XML part to text: an event loop with an explicit stack, so that nesting costs no call stack.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::faint::Faint;
use super::flow::{Flow, Pushed};
use super::styles::{Property, Styles, attribute, is_on};
use crate::analysis::text::{ExtractError, unseen::Unseen};

/// Deeper than any writer nests, text boxes in tables in content controls included.
const MAXIMUM_DEPTH: usize = 256;
/// A part cannot give more text than this; the text limit of a document is smaller.
const MAXIMUM_PART_TEXT_BYTES: usize = 16 * 1024 * 1024;

/// What the reader of the text should be told.
#[derive(Default)]
pub struct Notices {
    /// Insertions or deletions that are neither accepted nor rejected.
    pub has_tracked_changes: bool,
    /// Hidden text, which is left out.
    pub has_hidden_text: bool,
    /// Struck-out text, which is left out.
    pub has_struck_text: bool,
    /// Placeholders of content controls, which are left out.
    pub has_placeholders: bool,
    /// White or very small text, which is not.
    pub has_faint_text: bool,
    /// Both of them.
    pub unseen: Unseen,
    /// Text in imported parts (`altChunk`, `subDoc`), which is not read.
    pub has_imported_parts: bool,
    /// Embedded documents, which are not read.
    pub has_embedded_files: bool,
}

/// Reads a part whose root element must be one of `roots`.
pub fn read_part(xml: &[u8], roots: &[&str], styles: &Styles, notices: &mut Notices) -> Result<String, ExtractError> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = true;
    let mut walk = Walk {
        open: Vec::new(),
        flow: Flow::default(),
        faint: Faint::default(),
        skipped: 0,
        has_root: false,
        controls: Vec::new(),
        styles,
        notices,
    };
    let mut buffer = Vec::new();
    loop {
        let event = reader.read_event_into(&mut buffer).map_err(|_| ExtractError::damaged("its XML is broken"))?;
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
        if walk.flow.len() > MAXIMUM_PART_TEXT_BYTES {
            return Err(ExtractError::too_large("it holds more than 8 MB of text"));
        }
        buffer.clear();
    }
    if !walk.open.is_empty() || !walk.has_root {
        return Err(ExtractError::damaged("its XML ends too early"));
    }
    Ok(walk.flow.finish())
}

/// What an open element means for the text inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Plain,
    /// Nothing inside is text.
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
    flow: Flow,
    faint: Faint,
    skipped: usize,
    has_root: bool,
    /// Open content controls, innermost last: whether each one shows its placeholder.
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
        self.open.push(mark);
        Ok(())
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
            (_, "sdt") => self.controls.push(false),
            (Mark::Control, "sdtContent") if self.controls.last() == Some(&true) => return Mark::Skip,
            (_, "t") => return Mark::Letters,
            (_, "p") => self.start_paragraph(),
            (_, "r") => self.start_run(),
            (_, "tc") => self.faint.start_cell(),
            (_, "shd") => self.faint.cell_shading(element),
            (_, "tr") => self.flow.start_row(),
            (_, "txbxContent") => self.flow.start_text_box(),
            _ => {}
        }
        match name {
            "p" => Mark::Paragraph,
            "pPr" => Mark::ParagraphProperties,
            "r" => Mark::Run,
            "rPr" => Mark::RunProperties,
            "trPr" => Mark::RowProperties,
            "tr" => Mark::Row,
            "tc" => Mark::Cell,
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
            // A fallback repeats its choice; instructions, comments and deleted text are not what a reader sees.
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

    fn start_paragraph(&mut self) {
        self.flow.start_paragraph();
        self.flow.look.start_paragraph(self.styles.switched_on_by_default());
        self.faint.start_paragraph();
        self.notices.unseen.separate();
    }

    fn start_run(&mut self) {
        self.flow.look.reset_run();
        self.faint.start_run();
    }

    fn character(&mut self, name: &str, element: &BytesStart<'_>) -> Mark {
        let character = match name {
            "tab" | "ptab" => '\t',
            "br" | "cr" => '\n',
            "noBreakHyphen" => '-',
            "sym" => symbol(attribute(element, b"char").as_deref()),
            _ => return Mark::Plain,
        };
        self.flow.push(character.encode_utf8(&mut [0; 4]));
        Mark::Plain
    }

    fn property(&mut self, parent: Mark, name: &str, element: &BytesStart<'_>) -> Mark {
        let style = || attribute(element, b"val").map(|style| self.styles.switched_on(&style)).unwrap_or_default();
        let in_run = parent == Mark::RunProperties && self.open.iter().rev().nth(1) == Some(&Mark::Run);
        match name {
            "rPr" if parent == Mark::ParagraphProperties => return Mark::RunProperties,
            "pStyle" => self.flow.look.style_paragraph(style()),
            "rStyle" if in_run => self.flow.look.style_run(style()),
            "del" | "moveFrom" | "ins" | "moveTo" => {
                self.notices.has_tracked_changes = true;
                match (parent, name) {
                    (Mark::RowProperties, "del") => self.flow.drop_row(),
                    (Mark::RunProperties, "del" | "moveFrom") if !in_run => self.flow.join_paragraphs(),
                    _ => {}
                }
            }
            "shd" if parent == Mark::ParagraphProperties => self.faint.paragraph_shading(element),
            _ if in_run => {
                if let Some((property, is_on)) = Property::of(element) {
                    self.flow.look.set(property, is_on);
                }
                self.faint.run_property(name, element);
            }
            _ => {}
        }
        // Tab stops, borders and former properties say nothing of their own.
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
            Mark::Paragraph => self.flow.end_paragraph(),
            Mark::Run => self.flow.look.reset_run(),
            Mark::Control => _ = self.controls.pop(),
            Mark::Cell => {
                self.flow.end_cell();
                self.faint.end_cell();
            }
            Mark::Row => self.flow.end_row(),
            Mark::TextBox => self.flow.end_text_box(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 || self.open.last() != Some(&Mark::Letters) {
            return;
        }
        let pushed = self.flow.push(text);
        if text.trim().is_empty() || pushed == Pushed::Struck {
            self.notices.has_struck_text |= !text.trim().is_empty();
            return;
        }
        let (is_hidden, is_faint) = (pushed == Pushed::Hidden, self.faint.is_unseen());
        self.notices.has_hidden_text |= is_hidden;
        self.notices.has_faint_text |= is_faint;
        if is_hidden || is_faint {
            self.notices.unseen.add(text);
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

/// Whether an embedded object is a document rather than a formula or a chart.
fn is_document(object: &BytesStart<'_>) -> bool {
    let program = attribute(object, b"ProgID").unwrap_or_default();
    ["Word.", "AcroExch.", "Acrobat.", "Package"].iter().any(|start| program.starts_with(start))
}

/// Symbol fonts use a private area; their letters mean pictures, most of them bullets and boxes.
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
