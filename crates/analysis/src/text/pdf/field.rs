use super::form::{array, dictionary};
use super::text_string::decode;
use crate::text::one_line;
use lopdf::{Dictionary, Document, Object};

/// Maximum depth of nested fields. The limit also ends cycles.
const MAXIMUM_DEPTH: usize = 32;
const MAXIMUM_VALUE_BYTES: usize = 256 * 1024;
const MAXIMUM_NAME_LETTERS: usize = 200;
const MAXIMUM_OPTIONS: usize = 1_000;
const PASSWORD: i64 = 1 << 13;
const PUSH_BUTTON: i64 = 1 << 16;

pub struct Field<'d> {
    document: &'d Document,
    /// Partial names, in order from the widget to the root.
    names: Vec<&'d [u8]>,
    kind: &'d [u8],
    value: Option<&'d Object>,
    flags: i64,
    options: &'d [Object],
}

impl<'d> Field<'d> {
    /// Returns the field of a widget, which inherits properties from its parent nodes. The node nearest to the widget has
    /// priority.
    pub fn of(document: &'d Document, widget: &'d Dictionary) -> Self {
        let mut field = Self { document, names: Vec::new(), kind: b"", value: None, flags: 0, options: &[] };
        let mut next = Some(widget);
        for _ in 0..MAXIMUM_DEPTH {
            let Some(node) = next else { break };
            field.take(node);
            next = dictionary(document, node, b"Parent").filter(|parent| !std::ptr::eq(*parent, node));
        }
        field
    }

    fn take(&mut self, node: &'d Dictionary) {
        let get = |key: &[u8]| node.get_deref(key, self.document).ok();
        self.names.extend(get(b"T").and_then(|name| name.as_str().ok()));
        if self.kind.is_empty() {
            self.kind = get(b"FT").and_then(|kind| kind.as_name().ok()).unwrap_or_default();
        }
        self.value = self.value.or_else(|| get(b"V").filter(|value| !matches!(value, Object::Null)));
        if self.flags == 0 {
            self.flags = get(b"Ff").and_then(|flags| flags.as_i64().ok()).unwrap_or_default();
        }
        if self.options.is_empty() {
            self.options = array(self.document, node, b"Opt").unwrap_or_default();
        }
    }

    pub fn has_value(&self) -> bool {
        self.value.is_some()
    }

    /// Returns the fully qualified name: the partial names in order from the root, separated by dots.
    pub fn name(&self) -> String {
        let names: Vec<String> = self.names.iter().rev().map(|name| decode(name)).collect();
        one_line(&names.join(".")).chars().take(MAXIMUM_NAME_LETTERS).collect()
    }

    /// Returns the text that the widget shows, or `None` for signatures, push buttons, passwords and empty fields.
    pub fn text(&self, widget: &Dictionary) -> Option<String> {
        match self.kind {
            b"Sig" => None,
            b"Btn" if self.flags & PUSH_BUTTON != 0 => None,
            b"Btn" => self.button(widget),
            b"Ch" => self.choice(),
            _ if self.flags & PASSWORD != 0 => None,
            _ => self.letters(self.value?),
        }
    }

    fn letters(&self, value: &Object) -> Option<String> {
        match self.document.dereference(value).ok()?.1 {
            Object::String(bytes, _) => Some(decode(bytes)),
            Object::Stream(stream) => {
                let unpacked = stream.decompressed_content_with_limit(MAXIMUM_VALUE_BYTES);
                Some(decode(&unpacked.ok().or_else(|| stream.filters().is_err().then(|| stream.content.clone()))?))
            }
            _ => None,
        }
    }

    fn choice(&self) -> Option<String> {
        let chosen = match self.value? {
            Object::Array(several) => several.iter().take(MAXIMUM_OPTIONS).filter_map(|one| self.letters(one)).collect(),
            one => vec![self.letters(one)?],
        };
        let shown: Vec<String> = chosen.into_iter().map(|value| self.label(&value).unwrap_or(value)).collect();
        Some(shown.join(", "))
    }

    /// Returns the label of a choice. An option is either a text, or a pair of value and label.
    fn label(&self, value: &str) -> Option<String> {
        self.options.iter().take(MAXIMUM_OPTIONS).find_map(|option| match self.document.dereference(option).ok()?.1 {
            Object::Array(pair) if self.letters(pair.first()?)? == value => self.letters(pair.get(1)?),
            _ => None,
        })
    }

    /// Returns the option that a selected button represents, or the name of the button's state if there is no such option.
    fn button(&self, widget: &Dictionary) -> Option<String> {
        let state = widget.get_deref(b"AS", self.document).and_then(Object::as_name).ok();
        let state = match self.value {
            Some(value) => value.as_name().ok().filter(|value| state.is_none_or(|state| state == *value))?,
            None => state?,
        };
        let name = decode(state);
        let option = name.parse::<usize>().ok().and_then(|at| self.letters(self.options.get(at)?));
        match name.to_ascii_lowercase().as_str() {
            "" | "off" => None,
            _ if option.is_some() => option,
            "yes" | "on" | "1" | "true" => Some("Yes".to_owned()),
            _ => Some(name),
        }
    }
}
