//! Rejects decompression bombs. `pdf-inspector` skips such content without an error, so the document would appear to be empty.
//!
//! This module estimates the amount of data that `pdf-inspector` reads. `pdf-inspector` unpacks content, forms and fonts again
//! for every page. Therefore a stream counts once for every page and every form invocation that uses it.

use super::form::{array, dictionary};
use crate::text::ExtractError;
use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object, ObjectId, Stream};
use regex::bytes::Regex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::LazyLock;

/// Maximum unpacked size of a page or stream. `pdf-inspector` skips larger pages and streams.
const MAXIMUM_STREAM_BYTES: usize = 64 * 1024 * 1024;
const MAXIMUM_READ_BYTES: u64 = 128 * 1024 * 1024;
/// Maximum unpacked size of a stream that is unpacked while the document is opened, such as an object stream.
const MAXIMUM_OBJECTS_BYTES: usize = 8 * 1024 * 1024;
/// Cost in bytes of an entry in a dictionary or array that `pdf-inspector` reads for every page.
const ENTRY_BYTES: u64 = 64;
const WIDTH_BYTES: u64 = 8;
/// Maximum depth of nested forms. Deeper nesting counts as a decompression bomb. `pdf-inspector` itself follows only five levels.
const MAXIMUM_DEPTH: usize = 64;

/// Matches the operator `Do`, which invokes a form. Captures the name of the form if the name directly precedes the operator, as in
/// `/Name Do`.
static INVOCATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s-u)(?:/([^\x00\t\n\x0C\r /\[\]<>(){}%#]+)[\x00\t\n\x0C\r ]+|[\x00\t\n\x0C\r /\[\]<>(){}%]|\A)Do\b")
        .expect("constant patterns compile")
});

/// Opens a PDF within the size limits. Returns `None` if the PDF is damaged, because only `pdf-inspector` can repair damaged
/// files.
pub fn open(bytes: &[u8]) -> Option<Document> {
    let options = LoadOptions { max_decompressed_size: Some(MAXIMUM_OBJECTS_BYTES), ..LoadOptions::default() };
    let opened = Document::load_mem_with_options(bytes, options.clone()).ok();
    match opened {
        Some(document) if !document.is_encrypted() => Some(document),
        // An encrypted document without a user password opens with an empty password.
        _ => Document::load_mem_with_options(bytes, LoadOptions { password: Some(String::new()), ..options }).ok(),
    }
}

/// Returns the unpacked size of the largest page.
///
/// # Errors
/// Fails if the document is a decompression bomb.
pub fn largest_page(document: &Document, maximum_pages: usize) -> Result<usize, ExtractError> {
    let mut costs = Costs { document, contents: HashMap::new(), forms: HashMap::new(), unpacked: 0 };
    let (mut largest, mut total) = (0, 0_u64);
    for page in document.page_iter().take(maximum_pages) {
        let (bytes, cost) = costs.page(page)?;
        largest = largest.max(bytes);
        total = total.saturating_add(cost);
        if largest > MAXIMUM_STREAM_BYTES as u64 || total > MAXIMUM_READ_BYTES {
            return Err(bomb());
        }
    }
    Ok(usize::try_from(largest).unwrap_or(usize::MAX))
}

pub fn bomb() -> ExtractError {
    ExtractError::too_large("it is small as a file, but unpacks to far more than a contract holds")
}

/// Size of an unpacked stream, and number of invocations of each form in the stream.
#[derive(Default)]
struct Content {
    bytes: u64,
    invocations: HashMap<String, u64>,
    /// Number of invocations of forms whose name is unknown.
    unnamed: u64,
}

/// Computes costs in bytes. Visits each stream and each form only once.
struct Costs<'d> {
    document: &'d Document,
    contents: HashMap<ObjectId, Content>,
    /// Cost of each form; `None` while the form is being visited, which ends the recursion if a form invokes itself.
    forms: HashMap<ObjectId, Option<u64>>,
    unpacked: u64,
}

impl<'d> Costs<'d> {
    /// Returns the size of a page's content, and the cost of the page.
    fn page(&mut self, page: ObjectId) -> Result<(u64, u64), ExtractError> {
        let document = self.document;
        let streams = document.get_page_contents(page);
        let (own, inherited) = document.get_page_resources(page).unwrap_or_default();
        let inherited = inherited.iter().filter_map(|id| document.get_dictionary(*id).ok());
        let resources: Vec<&Dictionary> = own.into_iter().chain(inherited).collect();
        let annotations = document.get_dictionary(page).map_or(0, |page| length(document, page, b"Annots"));
        let (bytes, cost) = self.content_with(&streams, &resources, 0)?;
        Ok((bytes, cost.saturating_add(annotations * ENTRY_BYTES)))
    }

    /// Returns the size of content streams, and their cost including the forms and fonts in the resources.
    fn content_with(
        &mut self,
        streams: &[ObjectId],
        resources: &[&'d Dictionary],
        depth: usize,
    ) -> Result<(u64, u64), ExtractError> {
        let mut bytes = 0_u64;
        let mut invocations: HashMap<String, u64> = HashMap::new();
        let mut unnamed = 0_u64;
        for id in streams {
            let content = self.content(*id)?;
            bytes = bytes.saturating_add(content.bytes + 1);
            unnamed += content.unnamed;
            for (name, times) in &content.invocations {
                *invocations.entry(name.clone()).or_default() += times;
            }
        }
        let mut cost = bytes.saturating_add(invocations.len() as u64 * ENTRY_BYTES);
        let mut largest = 0;
        for (name, object) in entries(self.document, resources, b"XObject") {
            // `pdf-inspector` reads every form in the resources at least once.
            let times = invocations.get(&*String::from_utf8_lossy(name)).copied().unwrap_or(0).max(1);
            let form = self.form(object, depth)?;
            largest = largest.max(form);
            cost = cost.saturating_add(form.saturating_mul(times)).saturating_add(ENTRY_BYTES);
        }
        cost = cost.saturating_add(largest.saturating_mul(unnamed));
        for (_, font) in entries(self.document, resources, b"Font") {
            cost = cost.saturating_add(self.font(font)?);
        }
        Ok((bytes, cost))
    }

    /// Returns the cost of an invocation of a form, or 0 for an image.
    fn form(&mut self, object: &'d Object, depth: usize) -> Result<u64, ExtractError> {
        let Ok(id) = object.as_reference() else { return Ok(0) };
        if depth >= MAXIMUM_DEPTH {
            return Err(bomb());
        }
        if let Some(known) = self.forms.get(&id) {
            return Ok(known.unwrap_or(0));
        }
        let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) else { return Ok(0) };
        if !stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|subtype| subtype == b"Form") {
            return Ok(0);
        }
        self.forms.insert(id, None);
        let resources = dictionary(self.document, &stream.dict, b"Resources");
        let (_, cost) = self.content_with(&[id], resources.as_slice(), depth + 1)?;
        self.forms.insert(id, Some(cost));
        Ok(cost)
    }

    /// Returns the cost of a font: the size of its character maps, or of the font program if there is no character map.
    fn font(&mut self, object: &'d Object) -> Result<u64, ExtractError> {
        let document = self.document;
        let Ok(font) = document.dereference(object).and_then(|(_, object)| object.as_dict()) else { return Ok(ENTRY_BYTES) };
        let descendant = array(document, font, b"DescendantFonts");
        let descendant = descendant.and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
        let mut cost = ENTRY_BYTES + length(document, font, b"Widths") * WIDTH_BYTES;
        for table in [b"ToUnicode".as_slice(), b"Encoding"] {
            cost += self.stream_of(font, table)?;
        }
        let Some(descendant) = descendant else { return Ok(cost) };
        cost += length(document, descendant, b"W") * WIDTH_BYTES;
        if let (false, Some(descriptor)) = (font.has(b"ToUnicode"), dictionary(document, descendant, b"FontDescriptor")) {
            for program in [b"FontFile2".as_slice(), b"FontFile3"] {
                cost += self.stream_of(descriptor, program)?;
            }
        }
        Ok(cost)
    }

    fn stream_of(&mut self, dictionary: &Dictionary, key: &[u8]) -> Result<u64, ExtractError> {
        match dictionary.get(key).and_then(Object::as_reference) {
            Ok(id) => Ok(self.content(id)?.bytes),
            Err(_) => Ok(0),
        }
    }

    fn content(&mut self, id: ObjectId) -> Result<&Content, ExtractError> {
        match self.contents.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let stream = self.document.get_object(id).and_then(Object::as_stream);
                let content = stream.map_or_else(|_| Ok(Content::default()), scan)?;
                self.unpacked += content.bytes;
                if self.unpacked > MAXIMUM_READ_BYTES {
                    return Err(bomb());
                }
                Ok(new.insert(content))
            }
        }
    }
}

fn scan(stream: &Stream) -> Result<Content, ExtractError> {
    let unpacked = match stream.decompressed_content_with_limit(MAXIMUM_STREAM_BYTES) {
        Ok(unpacked) => unpacked,
        Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => return Err(bomb()),
        // If a stream cannot be unpacked, `pdf-inspector` reads the packed content.
        Err(_) => stream.content.clone(),
    };
    let mut content = Content { bytes: unpacked.len() as u64, ..Content::default() };
    for found in INVOCATION.captures_iter(&unpacked) {
        match found.get(1) {
            Some(name) => *content.invocations.entry(String::from_utf8_lossy(name.as_bytes()).into_owned()).or_default() += 1,
            None => content.unnamed += 1,
        }
    }
    Ok(content)
}

/// Returns the entries of one category, such as fonts, in several resource dictionaries.
fn entries<'d>(document: &'d Document, resources: &[&'d Dictionary], kind: &[u8]) -> Vec<(&'d Vec<u8>, &'d Object)> {
    resources.iter().filter_map(|resources| dictionary(document, resources, kind)).flat_map(Dictionary::iter).collect()
}

fn length(document: &Document, of: &Dictionary, key: &[u8]) -> u64 {
    array(document, of, key).map_or(0, |items| items.len() as u64)
}
