use super::*;
use crate::connectors::webhook::WebhookEvent;
use crate::domain::record::{RecordId, RecordRef};

const ENTERPRISE: &str = "urn:sobject.enterprise.soap.sforce.com";
const ORGANIZATION: &str = "<OrganizationId>00Dxx0000001gPLEAY</OrganizationId>";
const NOTIFICATION: &str = "<Notification><Id>04l0000000D2Ab1</Id><sObject xsi:type=\"sf:Opportunity\"><sf:Id>006ak00000OQ4Rx</sf:Id>\
     <sf:StageName>Legal &amp; Finance &#8211; <![CDATA[<review>]]></sf:StageName></sObject></Notification>";

fn envelope(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n <soapenv:Body>\n  \
         <notifications xmlns=\"http://soap.sforce.com/2005/09/outbound\" xmlns:sf=\"{ENTERPRISE}\">\n{content}\n</notifications>\n \
         </soapenv:Body>\n</soapenv:Envelope>\n"
    )
}

/// A message with the parts that Salesforce sends.
fn message() -> String {
    envelope(&format!(
        "{ORGANIZATION}<ActionId>04kxx0000004C93AAE</ActionId><SessionId xsi:nil=\"true\"/>\
         <EnterpriseUrl>https://acme.my.salesforce.com/services/Soap/c/67.0/00Dxx0000001gPL</EnterpriseUrl>\
         <PartnerUrl>https://acme.my.salesforce.com/services/Soap/u/67.0/00Dxx0000001gPL</PartnerUrl>{NOTIFICATION}"
    ))
}

fn notification(number: usize) -> String {
    NOTIFICATION.replace("04l0000000D2Ab1", &format!("04l{number:012}"))
}

#[track_caller]
fn assert_malformed(body: impl AsRef<[u8]>) {
    let body = body.as_ref();
    assert_eq!(
        parse(body),
        Err(Problem::InvalidMessage(EXPECTED)),
        "{}",
        String::from_utf8_lossy(&body[..body.len().min(2_000)])
    );
}

#[test]
fn ids_are_read_and_other_content_is_ignored() {
    let record = RecordRef::deal(RecordId::new("006ak00000OQ4RxAAL".to_owned()));
    let event = WebhookEvent { record, key: Some("outbound:04l0000000D2Ab1AAF".to_owned()) };
    let expected = WebhookCall { account_id: "00Dxx0000001gPLEAY".to_owned(), events: vec![event], is_batch: true };
    let whole = message();
    for body in [
        whole.clone(),
        format!("\u{feff}{whole}"),
        whole.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""),
        whole.replace("UTF-8", "utf-8"),
        whole.replace("00Dxx0000001gPLEAY", " 00Dxx0000001gPL\n"),
        whole.replace("04l0000000D2Ab1", "04l0000000D2Ab1AAF"),
        whole.replace(ENTERPRISE, "urn:sobject.partner.soap.sforce.com"),
        whole.replace("sf:", "other:").replace("xmlns:sf=", "xmlns:other="),
        whole.replace("<soapenv:Body>", "<!-- a comment --><soapenv:Header><x>text</x></soapenv:Header><soapenv:Body>"),
    ] {
        assert_eq!(parse(body.as_bytes()), Ok(expected.clone()), "{body}");
    }
}

#[test]
fn a_message_has_1_to_100_notifications() {
    let with = |number: usize| envelope(&format!("{ORGANIZATION}{}", (0..number).map(notification).collect::<String>()));
    let call = parse(with(100).as_bytes()).unwrap();
    assert_eq!(call.events.len(), 100);
    assert_eq!(call.events[41].key.as_deref(), Some("outbound:04l000000000041AAA"));
    assert_malformed(with(0));
    assert_malformed(with(101));
}

#[test]
fn document_types_and_entities_are_rejected() {
    let whole = message();
    let document_type =
        |declarations: &str| whole.replace("<soapenv:Envelope", &format!("<!DOCTYPE x{declarations}>\n<soapenv:Envelope"));
    let bomb = "<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">";
    for body in [
        document_type(""),
        document_type(" SYSTEM \"http://127.0.0.1/x.dtd\""),
        document_type(&format!(" [{bomb}]")).replace("Legal", "&c;"),
        document_type(" [<!ENTITY x SYSTEM \"file:///etc/passwd\">]").replace("006ak00000OQ4Rx", "&x;"),
        whole.replace("Legal", "&c;"),
        whole.replace("Legal", "&#0;"),
        whole.replace("Legal", "& "),
        whole.replace("<soapenv:Envelope", "<?xml-stylesheet href=\"x\"?><soapenv:Envelope"),
    ] {
        assert_malformed(body);
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| {
        let field = format!("<sf:Owner>{}{}</sf:Owner>", "<sf:a>".repeat(depth), "</sf:a>".repeat(depth));
        message().replace("<sf:StageName>", &format!("{field}<sf:StageName>"))
    };
    // The element `sf:Owner` is at depth 6.
    assert!(parse(nested(10).as_bytes()).is_ok());
    assert_malformed(nested(11));
    assert_malformed("<a>".repeat(100_000));
    assert_malformed(nested(50_000));
}

#[test]
fn names_and_namespaces_are_checked() {
    let whole = message();
    let many: String = (0..17).map(|number| format!(" xmlns:n{number}=\"urn:x\"")).collect();
    for body in [
        whole.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
        whole.replace("http://soap.sforce.com/2005/09/outbound", "http://soap.sforce.com/2006/09/outbound"),
        whole.replace(ENTERPRISE, "urn:enterprise.soap.sforce.com"),
        whole.replace("<sf:Id>006ak00000OQ4Rx</sf:Id>", "<Id>006ak00000OQ4Rx</Id>"),
        whole.replace("<sf:Id>006ak00000OQ4Rx</sf:Id>", "<unknown:Id>006ak00000OQ4Rx</unknown:Id>"),
        whole.replace("notifications", "notification"),
        whole.replace("sObject", "sobject"),
        whole.replace("<soapenv:Body>", "<soapenv:Fault/><soapenv:Body>"),
        whole.replace("<soapenv:Body>", "text<soapenv:Body>"),
        whole.replace("<notifications", &format!("<notifications{many}")),
        whole.replace("soapenv:Body", "soapenv:Header"),
    ] {
        assert_malformed(body);
    }
}

#[test]
fn each_id_is_required_once_and_has_its_prefix() {
    let whole = message();
    let notification_id = "<Id>04l0000000D2Ab1</Id>";
    let record_id = "<sf:Id>006ak00000OQ4Rx</sf:Id>";
    for body in [
        whole.replace(ORGANIZATION, ""),
        whole.replace(ORGANIZATION, &ORGANIZATION.repeat(2)),
        whole.replace("00Dxx0000001gPLEAY", "006ak00000OQ4Rx"),
        whole.replace("00Dxx0000001gPLEAY", "00Dxx0000001gPLEAA"),
        whole.replace("00Dxx0000001gPLEAY", "<![CDATA[00Dxx0000001gPLEAY]]>"),
        whole.replace("00Dxx0000001gPLEAY", "<x/>00Dxx0000001gPLEAY"),
        whole.replace(notification_id, ""),
        whole.replace(notification_id, &notification_id.repeat(2)),
        whole.replace("04l0000000D2Ab1", "04k0000000D2Ab1"),
        whole.replace("04l0000000D2Ab1", "04l0000000D2Ab"),
        whole.replace(record_id, ""),
        whole.replace(record_id, &record_id.repeat(2)),
        whole.replace("006ak00000OQ4Rx", "001ak00000OKNPH"),
        whole.replace("006ak00000OQ4Rx", "&#48;06ak00000OQ4Rx"),
        whole.replace("006ak00000OQ4Rx", ""),
    ] {
        assert_malformed(body);
    }
}

#[test]
fn truncated_and_concatenated_messages_are_rejected() {
    let whole = message();
    let end = whole.trim_end().len();
    for length in (0..end).filter(|length| whole.is_char_boundary(*length)) {
        assert_malformed(&whole[..length]);
    }
    let root = &whole[whole.find("<soapenv:Envelope").unwrap()..];
    for body in [format!("{whole}{root}"), format!("{whole}text"), format!(" {whole}"), whole.replace("</sObject>", "</sobject>")]
    {
        assert_malformed(body);
    }
}

#[test]
fn only_utf8_is_accepted() {
    let whole = message();
    let little: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = whole.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for body in [little.clone(), big.clone(), [&b"\xff\xfe"[..], &little].concat(), [&b"\xfe\xff"[..], &big].concat()] {
        assert_malformed(body);
    }
    for encoding in ["UTF-16", "ISO-8859-1", "UTF-7", ""] {
        assert_malformed(whole.replace("UTF-8", encoding));
    }
    assert_malformed([&whole.as_bytes()[..300], b"\xff", &whole.as_bytes()[300..]].concat());
    assert_malformed(b"");
}
