//! Extracts the text of one XML part.

use super::formatting::Formatting;
use super::styles::{Property, Styles, is_on};
use super::visibility::{Visibility, is_dark};
use crate::opc::attribute;
use crate::text::ExtractError;
use crate::text::layout::Layout;
use crate::text::notices::{Appearance, Notices};
use crate::text::symbols::symbol;
use crate::text::xml::{Handler, walk};
use quick_xml::events::BytesStart;
use std::mem::take;

/// Extracts the text of a part, whose root element must be one of `roots`.
pub fn read_part(xml: &[u8], roots: &[&str], styles: &Styles, notices: &mut Notices) -> Result<String, ExtractError> {
    let mut part = Part {
        open: Vec::new(),
        layout: Layout::default(),
        formatting: Formatting::default(),
        outer_formatting: Vec::new(),
        visibility: Visibility::default(),
        skipped: 0,
        controls: Vec::new(),
        styles,
        notices,
    };
    walk(xml, roots, &mut part)?;
    Ok(part.layout.finish())
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

struct Part<'a> {
    open: Vec<Mark>,
    layout: Layout,
    formatting: Formatting,
    /// Formatting of the paragraphs around the current text box, innermost last.
    outer_formatting: Vec<Formatting>,
    visibility: Visibility,
    skipped: usize,
    /// One value for each open content control, innermost last. The value is true if the control shows its placeholder.
    controls: Vec<bool>,
    styles: &'a Styles,
    notices: &'a mut Notices,
}

impl Handler for Part<'_> {
    fn start(&mut self, name: &str, element: &BytesStart<'_>) {
        let mark = if self.skipped > 0 { Mark::Plain } else { self.mark(name, element) };
        if mark == Mark::Skip || self.skipped > 0 {
            self.skipped += 1;
        }
        self.begin(mark);
        self.open.push(mark);
    }

    fn end(&mut self) {
        let Some(mark) = self.open.pop() else { return };
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match mark {
            Mark::Paragraph => self.layout.end_paragraph(),
            Mark::Run => self.formatting.reset_run(),
            Mark::Control => _ = self.controls.pop(),
            Mark::Cell => {
                self.layout.end_cell();
                self.visibility.cells_are_shaded.pop();
            }
            Mark::Row => self.layout.end_row(),
            Mark::TextBox => {
                self.layout.end_text_box();
                self.formatting = self.outer_formatting.pop().unwrap_or_default();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped == 0 && self.open.last() == Some(&Mark::Letters) {
            let appearance = self.appearance();
            if appearance.is_read() {
                self.layout.push(text);
            }
            self.notices.record(text, appearance);
        }
    }

    fn text_bytes(&self) -> usize {
        self.layout.len()
    }
}

impl Part<'_> {
    fn begin(&mut self, mark: Mark) {
        match mark {
            Mark::Paragraph => {
                let style = self.styles.default_switches();
                self.layout.start_paragraph();
                self.formatting = Formatting { paragraph_style: style, ..Formatting::default() };
                self.visibility.paragraph_is_shaded = false;
                self.notices.hidden_text.separate();
            }
            Mark::Run => {
                self.formatting.reset_run();
                self.visibility.start_run();
            }
            Mark::Row => self.layout.start_row(),
            Mark::Cell => self.visibility.cells_are_shaded.push(false),
            Mark::TextBox => {
                self.layout.start_text_box();
                self.outer_formatting.push(take(&mut self.formatting));
            }
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
            "OLEObject" => {
                self.notices.record_object(&attribute(element, b"ProgID").unwrap_or_default());
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
            "sym" => symbol(attribute(element, b"char").and_then(|code| u32::from_str_radix(&code, 16).ok()).unwrap_or(0)),
            _ => return Mark::Plain,
        };
        if self.appearance().is_read() {
            self.layout.push(character.encode_utf8(&mut [0; 4]));
        }
        Mark::Plain
    }

    fn property(&mut self, parent: Mark, name: &str, element: &BytesStart<'_>) -> Mark {
        let style = || attribute(element, b"val").map(|style| self.styles.switches(&style)).unwrap_or_default();
        let in_run = parent == Mark::RunProperties && self.open.iter().rev().nth(1) == Some(&Mark::Run);
        match name {
            "rPr" if parent == Mark::ParagraphProperties => return Mark::RunProperties,
            "pStyle" => self.formatting.paragraph_style = style(),
            "rStyle" if in_run => self.formatting.run_style = style(),
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
                    self.formatting.run[property as usize] = Some(is_on);
                }
                self.visibility.run_property(name, element);
            }
            _ => {}
        }
        // Property elements, such as tab stops, borders and previous properties, contain no text, so their content is skipped.
        Mark::Skip
    }

    fn control_property(&mut self, name: &str, element: &BytesStart<'_>) {
        if let (Some(shows_placeholder), "showingPlcHdr") = (self.controls.last_mut(), name) {
            *shows_placeholder = is_on(element);
            self.notices.has_placeholders |= *shows_placeholder;
        }
    }

    fn appearance(&self) -> Appearance {
        match () {
            () if self.formatting.is_hidden() => Appearance::Hidden,
            () if self.formatting.is_struck() => Appearance::Struck,
            () if self.visibility.is_faint() => Appearance::Faint,
            () => Appearance::Plain,
        }
    }
}
