//! `Content-Disposition` for names that people chose: an ASCII form for old clients and the full one (RFC 6266, RFC 8187).

use http::HeaderValue;
use lexicontract::domain::file::file_name;

/// Bytes that RFC 8187 leaves as they are.
fn is_attribute_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

/// Has a browser save the body under this name.
pub fn attachment(file_name: &str) -> HeaderValue {
    let name = file_name::safe(file_name);
    let ascii: String = name.chars().map(|c| if c.is_ascii() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    let mut value = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            match is_attribute_byte(byte) {
                true => value.push(char::from(byte)),
                false => value.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_quoted() {
        assert_eq!(attachment("Master Agreement.pdf"), "attachment; filename=\"Master Agreement.pdf\"");
    }

    #[test]
    fn other_letters_come_in_both_forms() {
        assert_eq!(
            attachment("Verträge 50%.pdf"),
            "attachment; filename=\"Vertr_ge 50_.pdf\"; filename*=UTF-8''Vertr%C3%A4ge%2050%25.pdf"
        );
    }

    #[test]
    fn a_name_cannot_leave_its_quotes_its_line_or_its_folder() {
        assert_eq!(attachment("a\"; filename=x.exe"), "attachment; filename=\"a; filename=x.exe\"");
        assert_eq!(attachment("a\r\nSet-Cookie: x"), "attachment; filename=\"aSet-Cookie x\"");
        assert_eq!(attachment("../../etc/passwd"), "attachment; filename=\"passwd\"");
        assert_eq!(attachment("C:\\temp\\.bashrc"), "attachment; filename=\"bashrc\"");
        assert_eq!(attachment("contract\u{202e}fdp.exe"), "attachment; filename=\"contractfdp.exe\"");
        assert_eq!(attachment(""), "attachment; filename=\"document\"");
    }
}
