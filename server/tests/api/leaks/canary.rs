use url::form_urlencoded;

/// A secret of the story.
pub struct Canary {
    pub name: &'static str,
    value: String,
    /// The answers that hand it over to its owner.
    belongs_to: Vec<String>,
}

impl Canary {
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        assert!(value.len() >= 12, "{name}: too short to be found by");
        Self { name, value, belongs_to: Vec::new() }
    }

    /// Made by the server, which shows it in this answer.
    pub fn shown_in(mut self, place: impl Into<String>) -> Self {
        self.belongs_to.push(place.into());
        self
    }

    pub fn belongs_to(&self, place: &str) -> bool {
        self.belongs_to.iter().any(|own| own == place)
    }

    /// The secret in plain and as someone may have written it.
    pub fn forms(&self) -> Vec<(String, String)> {
        let bytes = self.value.as_bytes();
        let hex = |upper: bool| -> String {
            bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
        };
        let percent = |upper: bool| -> String {
            let escape = |byte: &u8| match byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
                true => char::from(*byte).to_string(),
                false if upper => format!("%{byte:02X}"),
                false => format!("%{byte:02x}"),
            };
            bytes.iter().map(escape).collect()
        };
        let mut forms = vec![
            ("plain".to_owned(), self.value.clone()),
            ("escaped".to_owned(), self.value.escape_debug().to_string()),
            ("hex".to_owned(), hex(false)),
            ("HEX".to_owned(), hex(true)),
            ("percent".to_owned(), percent(true)),
            ("percent, lower case".to_owned(), percent(false)),
            ("form".to_owned(), form_urlencoded::byte_serialize(bytes).collect()),
            ("bytes".to_owned(), format!("{bytes:?}")),
        ];
        for offset in 0..3 {
            forms.push((format!("base64 at {offset}"), aligned(offset, bytes, b"+/")));
            forms.push((format!("base64url at {offset}"), aligned(offset, bytes, b"-_")));
        }
        forms
    }
}

/// The characters of an encoding that the secret alone decides when so many bytes stand before it.
fn aligned(offset: usize, secret: &[u8], last: &[u8; 2]) -> String {
    let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(secret.iter().copied()).collect();
    let (begin, end) = ((offset * 8).div_ceil(6), (offset + secret.len()) * 8 / 6);
    base64(&padded, last)[begin..end].to_owned()
}

/// Without padding; `last` are the two characters in which the alphabets differ.
pub fn base64(bytes: &[u8], last: &[u8; 2]) -> String {
    let alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*last).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().enumerate().fold(0_u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for at in 0..=group.len() {
            text.push(char::from(alphabet[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    text
}
