//! `SECURITY_CONTACT`: who hears of a weakness.

use super::read::Reader;
use url::Url;

impl Reader<'_> {
    /// The contact as a URI (RFC 9116, section 2.5.3); an e-mail address becomes one.
    pub(super) fn security_contact(&mut self) -> Option<Url> {
        let value = self.text("SECURITY_CONTACT")?;
        let uri = if value.contains(':') { value } else { format!("mailto:{value}") };
        let contact = Url::parse(&uri).ok().filter(is_contact);
        if contact.is_none() {
            self.fault("`SECURITY_CONTACT` must be an e-mail address, an `https://` address or a `tel:` number.".to_owned());
        }
        contact
    }
}

fn is_contact(uri: &Url) -> bool {
    match uri.scheme() {
        "mailto" => uri.path().split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty()),
        "https" => uri.has_host(),
        "tel" => !uri.path().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_an_address_that_a_person_can_use() {
        for (value, expected) in [
            ("security@example.com", Some("mailto:security@example.com")),
            ("mailto:security@example.com", Some("mailto:security@example.com")),
            ("https://example.com/report", Some("https://example.com/report")),
            ("tel:+1-201-555-0123", Some("tel:+1-201-555-0123")),
            ("http://example.com/report", None),
            ("no address", None),
            ("a@b\nContact: mailto:evil@example.com", None),
        ] {
            let get = |_: &str| Some(value.to_owned());
            let mut reader = Reader::new(&get);
            let contact = reader.security_contact();
            assert_eq!(contact.as_ref().map(Url::as_str), expected, "{value}");
            assert_eq!(reader.finish(()).is_ok(), expected.is_some(), "{value}");
        }
    }
}
