//! How much a reader of a PDF has to read. `pdf-inspector` unpacks the content, the forms and the fonts of every page anew, so that a
//! stream counts once for every page, and for every invocation of a form, that uses it; each is unpacked only once to find that out.
//! A page that is a bomb is left out by `pdf-inspector` without an error, so that the document would seem to be empty.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::LazyLock;

use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object, ObjectId, Stream};
use regex::bytes::Regex;

use crate::analysis::text::ExtractError;

/// A page or stream that unpacks to more is left out by `pdf-inspector`.
const MAXIMUM_STREAM_BYTES: usize = 64 * 1024 * 1024;
/// What may be read in all, such as 1,000 pages of 130 KB each.
const MAXIMUM_READ_BYTES: u64 = 128 * 1024 * 1024;
/// What one stream may unpack to while the document is opened.
const MAXIMUM_OBJECTS_BYTES: usize = 8 * 1024 * 1024;
/// What each entry of a dictionary or array counts that is looked at for every page.
const ENTRY_BYTES: u64 = 64;
/// What each number of a table of widths counts.
const WIDTH_BYTES: u64 = 8;
/// Forms invoke forms; `pdf-inspector` follows them to a depth of five, and writers nest them no deeper.
const MAXIMUM_DEPTH: usize = 64;

/// `/Name Do` invokes a form. A `Do` without a plain name right before it is found without a name.
static INVOCATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s-u)(?:/([^\x00\t\n\x0C\r /\[\]<>(){}%#]+)[\x00\t\n\x0C\r ]+|[\x00\t\n\x0C\r /\[\]<>(){}%]|\A)Do\b")
        .expect("the pattern is a constant, and a test compiles it")
});

/// Opens a PDF within bounds; `None` when only `pdf-inspector` with its repairs may be able to.
pub fn open(bytes: &[u8]) -> Option<Document> {
    let options = LoadOptions { max_decompressed_size: Some(MAXIMUM_OBJECTS_BYTES), ..LoadOptions::default() };
    let opened = Document::load_mem_with_options(bytes, options.clone()).ok();
    match opened {
        Some(document) if !document.is_encrypted() => Some(document),
        // A document that only its owner's password protects opens with an empty one.
        _ => Document::load_mem_with_options(bytes, LoadOptions { password: Some(String::new()), ..options }).ok(),
    }
}

/// The bytes of the largest page when unpacked, or the refusal of a document with too much to read.
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

/// What a document is that unpacks to more than any contract.
pub fn bomb() -> ExtractError {
    ExtractError::too_large("it is small as a file, but unpacks to far more than a contract holds")
}

/// An unpacked stream: how long it is, and how often it invokes which form.
#[derive(Default)]
struct Content {
    bytes: u64,
    invocations: HashMap<String, u64>,
    unnamed: u64,
}

/// What reading costs, in bytes. Each stream is unpacked once, each form followed once.
struct Costs<'d> {
    document: &'d Document,
    contents: HashMap<ObjectId, Content>,
    /// `None` while a form is being followed: one that invokes itself is not run again.
    forms: HashMap<ObjectId, Option<u64>>,
    unpacked: u64,
}

impl<'d> Costs<'d> {
    /// The bytes of a page's content, and what the page costs.
    fn page(&mut self, page: ObjectId) -> Result<(u64, u64), ExtractError> {
        let document = self.document;
        let streams = document.get_page_contents(page);
        let (own, inherited) = document.get_page_resources(page).unwrap_or_default();
        let inherited = inherited.iter().filter_map(|id| document.get_dictionary(*id).ok());
        let resources: Vec<&Dictionary> = own.into_iter().chain(inherited).collect();
        let annotations = document.get_dictionary(page).and_then(|page| page.get_deref(b"Annots", document));
        let annotations = annotations.and_then(Object::as_array).map_or(0, Vec::len) as u64;
        let (bytes, cost) = self.content_with(&streams, &resources, 0)?;
        Ok((bytes, cost.saturating_add(annotations * ENTRY_BYTES)))
    }

    /// The bytes of these streams, and what they cost with the forms and fonts of their resources.
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
            // A form that is bound is scanned once, invoked or not.
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

    /// What one invocation of a form costs; an image costs nothing.
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
        let resources = stream.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok();
        let (_, cost) = self.content_with(&[id], resources.as_slice(), depth + 1)?;
        self.forms.insert(id, Some(cost));
        Ok(cost)
    }

    /// What a font costs: its tables of letters, or the program they are looked for in.
    fn font(&mut self, object: &'d Object) -> Result<u64, ExtractError> {
        let document = self.document;
        let Ok(font) = document.dereference(object).and_then(|(_, object)| object.as_dict()) else { return Ok(ENTRY_BYTES) };
        let descendant = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok();
        let descendant = descendant.and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
        let mut cost = ENTRY_BYTES + widths(document, font, b"Widths");
        for table in [b"ToUnicode".as_slice(), b"Encoding"] {
            cost += self.stream_of(font, table)?;
        }
        let Some(descendant) = descendant else { return Ok(cost) };
        cost += widths(document, descendant, b"W");
        let descriptor = descendant.get_deref(b"FontDescriptor", document).and_then(Object::as_dict);
        if let (false, Ok(descriptor)) = (font.has(b"ToUnicode"), descriptor) {
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
        // Read as it is, as `pdf-inspector` does.
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

/// The entries of one kind in several resource dictionaries.
fn entries<'d>(document: &'d Document, resources: &[&'d Dictionary], kind: &[u8]) -> Vec<(&'d Vec<u8>, &'d Object)> {
    let of = |resources: &&'d Dictionary| resources.get_deref(kind, document).and_then(Object::as_dict).ok();
    resources.iter().filter_map(of).flat_map(Dictionary::iter).collect()
}

fn widths(document: &Document, font: &Dictionary, key: &[u8]) -> u64 {
    let widths = font.get_deref(key, document).and_then(Object::as_array);
    widths.map_or(0, Vec::len) as u64 * WIDTH_BYTES
}
