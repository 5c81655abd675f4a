use lopdf::{Document, Object, StringFormat, dictionary};

use super::form::Form;
use crate::text::one_line;

/// Size limit for a document in bytes. Three copies of a larger document would exceed the memory limit of the child process.
const MAXIMUM_BYTES: usize = 64 * 1024 * 1024;

/// Replaces the form of the document by one UTF-8 text field per visible value, so that `pdf-inspector` can place the values
/// within the page text. Returns the bytes of the document, or `None` if the document is too large or cannot be written.
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
    // Loading the document has decrypted all objects, so the encryption dictionary is removed.
    document.trailer.remove(b"Encrypt");
    document.encryption_state = None;
    let mut bytes = Vec::with_capacity(size + size / 8);
    document.save_to(&mut bytes).ok()?;
    Some(bytes)
}
