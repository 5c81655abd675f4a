//! Secrets to search for, in common encodings.

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use url::form_urlencoded;

const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A secret that is allowed to occur only in certain places.
pub struct Canary {
    pub name: &'static str,
    value: String,
    /// Labels of the responses that are allowed to contain the secret.
    belongs_to: Vec<String>,
}

impl Canary {
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        assert!(value.len() >= 12, "{name}: too short to be found");
        Self { name, value, belongs_to: Vec::new() }
    }

    /// Allows the secret in the response with this label.
    pub fn shown_in(mut self, place: impl Into<String>) -> Self {
        self.belongs_to.push(place.into());
        self
    }

    pub fn belongs_to(&self, place: &str) -> bool {
        self.belongs_to.iter().any(|own| own == place)
    }

    /// The secret in plain text and in common encodings, each with the name of the encoding.
    pub fn forms(&self) -> Vec<(String, String)> {
        let bytes = self.value.as_bytes();
        let percent = percent_encode(bytes, NOT_UNRESERVED).to_string();
        let hex = hex::encode(bytes);
        let mut forms = vec![
            ("plain".to_owned(), self.value.clone()),
            ("escaped".to_owned(), self.value.escape_debug().to_string()),
            ("HEX".to_owned(), hex.to_uppercase()),
            ("hex".to_owned(), hex),
            ("percent, lower case".to_owned(), lower_case_escapes(&percent)),
            ("percent".to_owned(), percent),
            ("form".to_owned(), form_urlencoded::byte_serialize(bytes).collect()),
            ("bytes".to_owned(), format!("{bytes:?}")),
        ];
        for offset in 0..3 {
            forms.push((format!("base64 at {offset}"), aligned(offset, bytes, &STANDARD_NO_PAD)));
            forms.push((format!("base64url at {offset}"), aligned(offset, bytes, &URL_SAFE_NO_PAD)));
        }
        forms
    }
}

/// Converts the hexadecimal digits of percent-encoded text to lower case.
fn lower_case_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}%{}{}", part[..2].to_lowercase(), &part[2..]))
}

/// The characters of the base64 text that depend only on the secret, if `offset` bytes precede the secret.
fn aligned(offset: usize, secret: &[u8], engine: &GeneralPurpose) -> String {
    let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(secret.iter().copied()).collect();
    let (begin, end) = ((offset * 8).div_ceil(6), (offset + secret.len()) * 8 / 6);
    engine.encode(padded)[begin..end].to_owned()
}
