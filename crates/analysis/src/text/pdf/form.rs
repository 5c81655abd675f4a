//! Reads the values of form fields (AcroForm) and free text annotations. `pdf-inspector` loses many values, because it decodes
//! every value as UTF-8 and looks for values only in the leaves of `Fields`.

use super::field::Field;
use super::text_string::decode;
use crate::text::hidden_text::HiddenText;
use crate::text::one_line;
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::HashSet;

const MAXIMUM_PAGES: usize = 5_000;
/// Maximum number of annotations and fields. The largest known forms have about 3,000.
const MAXIMUM_NODES: usize = 50_000;
const MAXIMUM_ENTRIES: usize = 10_000;
const MAXIMUM_TEXT_BYTES: usize = 2 * 1024 * 1024;
/// Maximum cost of the search for missing values: the size of the text, multiplied by the number of values.
const MAXIMUM_SEARCHED_BYTES: usize = 512 * 1024 * 1024;
/// Annotation flags (ISO 32000-2, table 167).
const HIDDEN: i64 = 1 << 1;
const NO_VIEW: i64 = 1 << 5;

#[derive(Debug, PartialEq)]
pub struct Entry {
    pub page: ObjectId,
    pub rectangle: Vec<f32>,
    /// Name of the field; empty for annotations.
    pub name: String,
    pub text: String,
}

#[derive(Default)]
pub struct Form {
    /// Visible values. A value that a field repeats on a page is listed once.
    pub entries: Vec<Entry>,
    /// True if a field has a visible or hidden value.
    pub has_values: bool,
    /// Values that no page shows.
    pub hidden_text: HiddenText,
    pub has_hidden_values: bool,
    pub is_cut: bool,
    /// True if the document contains an XFA form, from which a viewer may generate other pages.
    pub is_xfa: bool,
    /// True if the viewer must generate the pages (`NeedsRendering`).
    pub needs_rendering: bool,
    pub has_struck_text: bool,
}

impl Form {
    /// Appends the values that the text does not contain. `pdf-inspector` omits the values on pages without text. It also omits
    /// many values of a document that could not be rewritten.
    pub fn with_missing(&self, mut text: String) -> String {
        let known = letters(&text);
        if known.len().saturating_mul(self.entries.len()) > MAXIMUM_SEARCHED_BYTES {
            return text;
        }
        for Entry { name, text: value, .. } in &self.entries {
            if !known.contains(&letters(value)) {
                let value = one_line(value);
                text.push_str(&if name.is_empty() { format!("\n{value}\n") } else { format!("\n{name}: {value}\n") });
            }
        }
        text
    }

    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let warnings = [
            (
                self.is_xfa,
                "The document is an XFA form. Only its stored pages and fields were read; Adobe Reader may show others. Print it to PDF to be sure.",
            ),
            (self.has_hidden_values, "Hidden form fields were left out."),
            (self.has_struck_text, "Some text is marked as struck out; it was read like the rest."),
            (self.is_cut, "The form has too many fields; the last ones were left out."),
        ];
        warnings.into_iter().filter(|(applies, _)| *applies).map(|(_, warning)| warning.to_owned())
    }
}

pub fn read(document: &Document) -> Form {
    let catalog = document.catalog().ok();
    let acro_form = catalog.and_then(|catalog| dictionary(document, catalog, b"AcroForm"));
    let mut walk = Walk { document, form: Form::default(), visited: HashSet::new(), shown: HashSet::new(), nodes: 0, bytes: 0 };
    walk.form.is_xfa = acro_form.and_then(|form| form.get_deref(b"XFA", document).ok()).is_some_and(is_template);
    walk.form.needs_rendering =
        catalog.and_then(|catalog| catalog.get_deref(b"NeedsRendering", document).ok()?.as_bool().ok()).unwrap_or(false);
    let mut first_page = None;
    for page in document.page_iter().take(MAXIMUM_PAGES) {
        first_page = first_page.or(Some(page));
        let annotations = document.get_dictionary(page).ok().and_then(|page| array(document, page, b"Annots"));
        for annotation in annotations.into_iter().flatten() {
            walk.annotation(page, annotation);
        }
    }
    if let (Some(fields), Some(page)) = (acro_form.and_then(|form| array(document, form, b"Fields")), first_page) {
        walk.unlisted(fields, page);
    }
    walk.form
}

struct Walk<'d> {
    document: &'d Document,
    form: Form,
    visited: HashSet<ObjectId>,
    /// Page, name and text of each visible value.
    shown: HashSet<(ObjectId, String, String)>,
    nodes: usize,
    bytes: usize,
}

impl<'d> Walk<'d> {
    /// Marks an object as visited. Returns its dictionary, or `None` if the object was visited before or the limit is reached.
    fn visit(&mut self, object: &'d Object) -> Option<&'d Dictionary> {
        self.nodes += 1;
        self.form.is_cut |= self.nodes > MAXIMUM_NODES;
        let is_known = object.as_reference().is_ok_and(|id| !self.visited.insert(id));
        if self.form.is_cut || is_known {
            return None;
        }
        self.document.dereference(object).ok()?.1.as_dict().ok()
    }

    fn annotation(&mut self, page: ObjectId, object: &'d Object) {
        let Some(annotation) = self.visit(object) else { return };
        match annotation.get_deref(b"Subtype", self.document).and_then(Object::as_name) {
            // Some writers omit the subtype of widgets.
            Ok(b"Widget") | Err(_) => self.widget(page, annotation),
            Ok(b"FreeText") if !is_comment(annotation) => {
                let text = annotation.get_deref(b"Contents", self.document).and_then(Object::as_str).map(decode);
                self.add(page, annotation, String::new(), text.unwrap_or_default());
            }
            Ok(b"StrikeOut") if !is_hidden(annotation) => self.form.has_struck_text = true,
            _ => {}
        }
    }

    fn widget(&mut self, page: ObjectId, widget: &'d Dictionary) {
        let field = Field::of(self.document, widget);
        self.form.has_values |= field.has_value();
        if let Some(text) = field.text(widget) {
            self.add(page, widget, field.name(), text);
        }
    }

    /// Adds fields whose widgets are not listed on any page.
    fn unlisted(&mut self, fields: &'d [Object], first_page: ObjectId) {
        let mut open: Vec<&Object> = fields.iter().take(MAXIMUM_NODES).rev().collect();
        while let Some(object) = open.pop() {
            let Some(node) = self.visit(object) else { continue };
            match array(self.document, node, b"Kids") {
                Some(kids) if !kids.is_empty() => open.extend(kids.iter().take(MAXIMUM_NODES.saturating_sub(open.len())).rev()),
                _ => {
                    let page = node.get(b"P").and_then(Object::as_reference).ok();
                    let page = page.filter(|page| self.document.get_dictionary(*page).is_ok()).unwrap_or(first_page);
                    self.widget(page, node);
                }
            }
        }
    }

    fn add(&mut self, page: ObjectId, annotation: &Dictionary, name: String, text: String) {
        let rectangle = rectangle(self.document, annotation);
        if text.trim().is_empty() {
            return;
        }
        self.form.is_cut |= self.form.entries.len() >= MAXIMUM_ENTRIES || self.bytes + text.len() > MAXIMUM_TEXT_BYTES;
        match rectangle {
            _ if self.form.is_cut => {}
            Some(rectangle) if !is_hidden(annotation) => {
                if self.shown.insert((page, name.clone(), text.clone())) {
                    self.bytes += name.len() + text.len();
                    self.form.entries.push(Entry { page, rectangle, name, text });
                }
            }
            _ => {
                self.form.has_hidden_values = true;
                self.form.hidden_text.separate();
                self.form.hidden_text.add(&text);
            }
        }
    }
}

fn is_hidden(annotation: &Dictionary) -> bool {
    annotation.get(b"F").and_then(Object::as_i64).is_ok_and(|flags| flags & (HIDDEN | NO_VIEW) != 0)
}

/// Returns true if an annotation is a callout, which is not part of the document.
fn is_comment(annotation: &Dictionary) -> bool {
    annotation.get(b"IT").and_then(Object::as_name).is_ok_and(|intent| intent == b"FreeTextCallout")
}

fn is_template(xfa: &Object) -> bool {
    matches!(xfa, Object::Stream(_)) || xfa.as_array().is_ok_and(|parts| !parts.is_empty())
}

/// Returns the rectangle of an annotation, or `None` if the rectangle is missing or empty.
fn rectangle(document: &Document, annotation: &Dictionary) -> Option<Vec<f32>> {
    let corners = array(document, annotation, b"Rect")?;
    let corners: Vec<f32> = corners.iter().take(4).map(|corner| corner.as_float().unwrap_or(0.0)).collect();
    let [left, bottom, right, top] = corners[..] else { return None };
    ((right - left).abs() >= 1.0 && (top - bottom).abs() >= 1.0).then_some(corners)
}

/// Removes spaces and punctuation, so that line breaks do not affect comparisons.
pub fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}

pub fn dictionary<'d>(document: &'d Document, of: &'d Dictionary, key: &[u8]) -> Option<&'d Dictionary> {
    of.get_deref(key, document).and_then(Object::as_dict).ok()
}

pub fn array<'d>(document: &'d Document, of: &'d Dictionary, key: &[u8]) -> Option<&'d [Object]> {
    of.get_deref(key, document).and_then(Object::as_array).map(Vec::as_slice).ok()
}
