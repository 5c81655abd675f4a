//! Extracts the text of `content.xml`, and the headers and footers of `styles.xml`.

use super::controls::Controls;
use super::properties::Properties;
use super::styles::{Family, Styles};
use super::whitespace::collapse;
use crate::opc::attribute;
use crate::text::ExtractError;
use crate::text::layout::Layout;
use crate::text::notices::{Appearance, Notices};
use crate::text::xml::{Handler, walk};
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;
use std::mem::take;

/// Maximum number of spaces that one element represents.
const MAXIMUM_SPACES: usize = 256;
const MAXIMUM_LABEL_BYTES: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extra {
    Footnote,
    Endnote,
    Header,
    Footer,
}

/// Notes, headers and footers.
#[derive(Default)]
pub struct Extras(BTreeMap<Extra, Vec<String>>);

impl Extras {
    fn add(&mut self, kind: Extra, text: String) {
        let texts = self.0.entry(kind).or_default();
        match texts.last_mut() {
            // All notes form one part of the text, as in a Word document.
            Some(notes) if matches!(kind, Extra::Footnote | Extra::Endnote) => notes.push_str(&text),
            _ => texts.push(text),
        }
    }

    pub fn in_order(&self) -> impl Iterator<Item = &str> {
        self.0.values().flatten().map(String::as_str)
    }
}

pub fn read_content(xml: &[u8], styles: &Styles<'_>, extras: &mut Extras, notices: &mut Notices) -> Result<String, ExtractError> {
    read(xml, "document-content", styles, extras, notices)
}

pub fn read_headers(xml: &[u8], styles: &Styles<'_>, extras: &mut Extras, notices: &mut Notices) -> Result<(), ExtractError> {
    read(xml, "document-styles", styles, extras, notices).map(|_| ())
}

fn read(xml: &[u8], root: &str, styles: &Styles<'_>, extras: &mut Extras, notices: &mut Notices) -> Result<String, ExtractError> {
    let mut part = Part {
        open: Vec::new(),
        skipped: 0,
        hidden: 0,
        layout: Layout::default(),
        outer_layouts: Vec::new(),
        formats: Vec::new(),
        paragraphs_are_hidden: Vec::new(),
        cells_are_shaded: Vec::new(),
        note: Extra::Footnote,
        label: String::new(),
        is_after_space: false,
        bytes: 0,
        styles,
        controls: Controls::read(xml),
        extras,
        notices,
    };
    walk(xml, &[root], &mut part)?;
    Ok(part.layout.finish())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Plain,
    /// Ignored with its content.
    Skip,
    Paragraph,
    Span,
    /// Frame or drawing, whose text is in paragraphs.
    Frame,
    TextBox,
    Row,
    Cell,
    /// The label of a numbered list item or heading, such as `2.1`.
    Label,
    Extra(Extra),
}

struct Open {
    mark: Mark,
    is_hidden: bool,
}

struct Part<'a> {
    open: Vec<Open>,
    skipped: usize,
    /// Number of open elements that hide their content.
    hidden: usize,
    layout: Layout,
    /// Layouts around the current note, innermost last.
    outer_layouts: Vec<Layout>,
    /// Formatting of the open paragraphs and spans, innermost last. `None` outside of a paragraph, where text is ignored.
    formats: Vec<Option<Properties>>,
    /// One value for each open paragraph, innermost last.
    paragraphs_are_hidden: Vec<bool>,
    cells_are_shaded: Vec<bool>,
    /// Kind of the current note.
    note: Extra,
    label: String,
    is_after_space: bool,
    /// Size of the text, including hidden text.
    bytes: usize,
    styles: &'a Styles<'a>,
    controls: Controls,
    extras: &'a mut Extras,
    notices: &'a mut Notices,
}

impl Handler for Part<'_> {
    fn start(&mut self, name: &str, element: &BytesStart<'_>) {
        if self.skipped > 0 {
            self.notices.has_tracked_changes |= matches!(name, "insertion" | "deletion");
            self.skipped += 1;
            return self.open.push(Open { mark: Mark::Skip, is_hidden: false });
        }
        let is_hidden = is_hidden(name, element);
        self.hidden += usize::from(is_hidden);
        let mark = self.mark(name, element);
        match mark {
            Mark::Skip => self.skipped = 1,
            Mark::Paragraph => self.start_paragraph(element),
            Mark::Span => {
                let properties = self.styles.properties(Family::Text, attribute(element, b"style-name"));
                let outer = self.formats.last().copied().flatten();
                self.formats.push(outer.map(|outer| properties.or(outer)));
            }
            Mark::Frame => self.formats.push(None),
            Mark::TextBox => {
                self.formats.push(None);
                self.layout.start_text_box();
            }
            Mark::Row => self.layout.start_row(),
            Mark::Cell => {
                let properties = self.styles.properties(Family::Cell, attribute(element, b"style-name"));
                self.cells_are_shaded.push(properties.is_block_shaded());
            }
            Mark::Extra(_) => {
                self.formats.push(None);
                self.outer_layouts.push(take(&mut self.layout));
            }
            Mark::Plain | Mark::Label => {}
        }
        self.open.push(Open { mark, is_hidden });
    }

    fn end(&mut self) {
        let Some(Open { mark, is_hidden }) = self.open.pop() else { return };
        match mark {
            Mark::Skip => self.skipped -= 1,
            Mark::Paragraph => self.end_paragraph(),
            Mark::Span | Mark::Frame => _ = self.formats.pop(),
            Mark::TextBox => {
                self.formats.pop();
                self.layout.end_text_box();
            }
            Mark::Row => self.layout.end_row(),
            Mark::Cell => {
                self.cells_are_shaded.pop();
                self.layout.end_cell();
            }
            Mark::Extra(kind) => {
                self.formats.pop();
                let outer = self.outer_layouts.pop().unwrap_or_default();
                self.extras.add(kind, std::mem::replace(&mut self.layout, outer).finish());
            }
            Mark::Label if self.is_in_paragraph() => self.push_label(),
            Mark::Plain | Mark::Label => {}
        }
        self.hidden -= usize::from(is_hidden);
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 {
            return;
        }
        if self.open.last().is_some_and(|open| open.mark == Mark::Label) {
            let room = MAXIMUM_LABEL_BYTES.saturating_sub(self.label.len());
            self.label.push_str(&text[..text.floor_char_boundary(room)]);
        } else if self.is_in_paragraph() {
            let text = collapse(text, &mut self.is_after_space);
            self.push(&text);
        }
    }

    fn text_bytes(&self) -> usize {
        self.bytes
    }
}

impl Part<'_> {
    fn is_in_paragraph(&self) -> bool {
        self.formats.last().is_some_and(Option::is_some)
    }

    fn mark(&mut self, name: &str, element: &BytesStart<'_>) -> Mark {
        let is = |name: &[u8], value: &str| attribute(element, name).as_deref() == Some(value);
        match name {
            "p" | "h" => return Mark::Paragraph,
            // The list of tracked changes contains the deleted text, which is skipped.
            "tracked-changes" | "forms" | "scripts" | "script" | "note-citation" | "ruby-text" | "object" | "object-ole" => {
                return Mark::Skip;
            }
            "annotation" => {
                self.notices.has_comments = true;
                return Mark::Skip;
            }
            "placeholder" => {
                self.notices.has_placeholders = true;
                return Mark::Skip;
            }
            "header" | "header-left" | "header-first" | "footer" | "footer-left" | "footer-first" if is(b"display", "false") => {
                return Mark::Skip;
            }
            "header" | "header-left" | "header-first" => return Mark::Extra(Extra::Header),
            "footer" | "footer-left" | "footer-first" => return Mark::Extra(Extra::Footer),
            "note" => self.note = if is(b"note-class", "endnote") { Extra::Endnote } else { Extra::Footnote },
            "note-body" => return Mark::Extra(self.note),
            "table-row" => return Mark::Row,
            "table-cell" => return Mark::Cell,
            "number" => return Mark::Label,
            "text-box" | "custom-shape" | "rect" | "ellipse" | "circle" | "line" | "polyline" | "polygon" | "regular-polygon"
            | "path" | "connector" | "caption" | "measure" | "image" => return Mark::TextBox,
            "control" => self.control(element),
            "content-control" if is(b"showing-placeholder", "true") => {
                self.notices.has_placeholders = true;
                return Mark::Skip;
            }
            "frame" | "g" => return Mark::Frame,
            "span" => return Mark::Span,
            "s" | "tab" | "line-break" => self.character(name, element),
            "hidden-text" | "hidden-paragraph" if is(b"is-hidden", "true") => self.hidden_field(name, element),
            _ => {}
        }
        Mark::Plain
    }

    fn character(&mut self, name: &str, element: &BytesStart<'_>) {
        let count = attribute(element, b"c").and_then(|count| count.parse().ok()).unwrap_or(1);
        let text = match name {
            "s" => " ".repeat(count.min(MAXIMUM_SPACES)),
            "tab" => "\t".to_owned(),
            _ => "\n".to_owned(),
        };
        self.is_after_space = false;
        self.push(&text);
    }

    fn control(&mut self, element: &BytesStart<'_>) {
        // Outside of a paragraph, the value is not copied, because `push` would ignore it and not count its size. Many controls
        // can refer to the same long value.
        if !self.is_in_paragraph() {
            return;
        }
        let id = attribute(element, b"control").unwrap_or_default();
        if let Some(value) = self.controls.value(&id).map(str::to_owned) {
            self.is_after_space = false;
            self.push(&value);
        }
    }

    fn hidden_field(&mut self, name: &str, element: &BytesStart<'_>) {
        if let Some(is_hidden) = self.paragraphs_are_hidden.last_mut().filter(|_| name == "hidden-paragraph") {
            *is_hidden = true;
        }
        let text = attribute(element, b"string-value").unwrap_or_default();
        self.notices.record(&text, Appearance::Hidden);
    }

    fn start_paragraph(&mut self, element: &BytesStart<'_>) {
        let properties = self.styles.properties(Family::Paragraph, attribute(element, b"style-name"));
        self.formats.push(Some(properties));
        self.paragraphs_are_hidden.push(false);
        self.is_after_space = true;
        self.layout.start_paragraph();
        self.notices.hidden_text.separate();
        self.push_label();
    }

    fn end_paragraph(&mut self) {
        self.formats.pop();
        // The text of a surrounding paragraph can continue here. A space at the start of this continuation is kept.
        self.is_after_space = false;
        if self.paragraphs_are_hidden.pop() == Some(true) || self.hidden > 0 {
            let text = self.layout.remove_paragraph();
            self.notices.record(&text, Appearance::Hidden);
        } else {
            self.layout.end_paragraph();
            self.bytes += 1;
        }
    }

    fn push_label(&mut self) {
        if !self.label.is_empty() {
            let label = take(&mut self.label) + " ";
            self.push(&label);
        }
    }

    fn push(&mut self, text: &str) {
        let Some(format) = self.formats.last().copied().flatten() else { return };
        let is_in_shaded_cell = self.cells_are_shaded.contains(&true);
        let appearance = if self.hidden > 0 { Appearance::Hidden } else { format.appearance(is_in_shaded_cell) };
        self.notices.record(text, appearance);
        self.bytes += text.len();
        if appearance.is_read() {
            self.layout.push(text);
        }
    }
}

/// Returns true if the content of an element is invisible. A covered cell is under a merged cell.
fn is_hidden(name: &str, element: &BytesStart<'_>) -> bool {
    let is = |name: &[u8], value: &str| attribute(element, name).as_deref() == Some(value);
    name == "covered-table-cell" || is(b"display", "none") || is(b"is-hidden", "true")
}
