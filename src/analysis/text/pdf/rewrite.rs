//! Gives `pdf-inspector` the values of a form in a shape that it reads right: one field for each value, in UTF-8, where the value is shown.

use lopdf::{Document, Object, StringFormat, dictionary};

use super::field::one_line;
use super::form::Form;

/// Larger documents are not written again: three copies of them do not fit into the memory of the reader.
const MAXIMUM_BYTES: usize = 64 * 1024 * 1024;

/// The document with the values of its form; `None` when that cannot be made.
pub fn rewrite(mut document: Document, form: &Form, size: usize) -> Option<Vec<u8>> {
    if size > MAXIMUM_BYTES {
        return None;
    }
    let text = |text: &str| Object::String(one_line(text).into_bytes(), StringFormat::Literal);
    let mut fields = Vec::with_capacity(form.entries.len());
    for entry in &form.entries {
        let rectangle: Vec<Object> = entry.rectangle.iter().map(|corner| Object::Real(*corner)).collect();
        fields.push(Object::Reference(document.add_object(dictionary! {
            "FT" => "Tx", "T" => text(&entry.name), "V" => text(&entry.text), "Rect" => rectangle, "P" => entry.page,
        })));
    }
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).ok()?;
    let catalog = document.get_object_mut(root).and_then(Object::as_dict_mut).ok()?;
    catalog.set("AcroForm", dictionary! { "Fields" => fields });
    // Its objects were deciphered when it was opened.
    document.trailer.remove(b"Encrypt");
    document.encryption_state = None;
    let mut bytes = Vec::with_capacity(size + size / 8);
    document.save_to(&mut bytes).ok()?;
    Some(bytes)
}
