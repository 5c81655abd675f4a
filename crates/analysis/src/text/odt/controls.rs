//! Values of form controls. The paragraphs refer to the controls, which are in a separate part of the document.

use crate::opc::{attribute, elements};
use std::collections::HashMap;

/// Maximum number of controls. The largest forms have some hundreds.
const MAXIMUM_CONTROLS: usize = 10_000;

#[derive(Default)]
pub struct Controls {
    values: HashMap<String, String>,
}

impl Controls {
    /// Reads the controls up to the first XML error.
    pub fn read(xml: &[u8]) -> Self {
        let mut values = HashMap::new();
        for element in elements(xml).map_while(Result::ok) {
            let is_text = matches!(
                element.local_name().as_ref(),
                b"text" | b"textarea" | b"formatted-text" | b"combobox" | b"number" | b"date" | b"time"
            );
            let value = attribute(&element, b"current-value").or_else(|| attribute(&element, b"value"));
            if let (true, Some(id), Some(value)) = (is_text, attribute(&element, b"id"), value) {
                values.insert(id, unescaped(&value));
            }
            if values.len() >= MAXIMUM_CONTROLS {
                break;
            }
        }
        Self { values }
    }

    pub fn value(&self, id: &str) -> Option<&str> {
        self.values.get(id).map(String::as_str)
    }
}

fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), |text| text.into_owned())
}
