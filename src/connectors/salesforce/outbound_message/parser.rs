//! Reads the ids of an Outbound Message. All other content is ignored, including the session id that a message can contain.

use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::webhook::{WebhookCall, WebhookEvent};
use crate::domain::record::RecordRef;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// Maximum number of notifications in a message. Salesforce sends at most this number.
const MAX_NOTIFICATIONS: usize = 100;
/// Maximum depth of nested elements. The ids are at depth 6.
const MAX_DEPTH: usize = 16;
/// Maximum number of namespaces that one element declares. Salesforce declares three.
const MAX_NAMESPACES: usize = 16;

const SOAP: &[u8] = b"http://schemas.xmlsoap.org/soap/envelope/";
const OUTBOUND: &[u8] = b"http://soap.sforce.com/2005/09/outbound";
const ENTERPRISE: &[u8] = b"urn:sobject.enterprise.soap.sforce.com";
const PARTNER: &[u8] = b"urn:sobject.partner.soap.sforce.com";

/// Returns `None` for a malformed message.
pub(super) fn read(body: &[u8]) -> Option<WebhookCall> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = NsReader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    reader.resolver_mut().set_max_declarations_per_element(MAX_NAMESPACES);
    let mut message = Message::default();
    let mut is_first = true;
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        match event {
            Event::Start(element) => message.start(namespace, &element)?,
            Event::Empty(element) => {
                message.start(namespace, &element)?;
                message.end()?;
            }
            Event::End(_) => message.end()?,
            Event::Text(text) => message.text(&text.decode().ok()?)?,
            Event::GeneralRef(reference) if is_predefined(&reference) => message.text("&")?,
            Event::CData(_) => message.text("&")?,
            Event::Decl(declaration) if is_first && is_utf8(&declaration) => {}
            Event::Comment(_) => {}
            Event::Eof => return message.into_call(),
            Event::Decl(_) | Event::DocType(_) | Event::PI(_) | Event::GeneralRef(_) => return None,
        }
        is_first = false;
    }
}

/// True for character references and the five predefined entities. Other entities need a document type, which is rejected.
fn is_predefined(reference: &BytesRef<'_>) -> bool {
    match reference.resolve_char_ref() {
        Ok(None) => matches!(&**reference, b"amp" | b"lt" | b"gt" | b"apos" | b"quot"),
        character => character.is_ok(),
    }
}

fn is_utf8(declaration: &BytesDecl<'_>) -> bool {
    match declaration.encoding() {
        None => true,
        Some(encoding) => encoding.is_ok_and(|encoding| encoding.eq_ignore_ascii_case(b"utf-8")),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Envelope,
    Body,
    Notifications,
    OrganizationId,
    Notification,
    NotificationId,
    Record,
    RecordId,
    /// An element whose content is ignored.
    Other,
}

impl Element {
    /// The element with this name in `parent`; `None` if a message contains no such element.
    fn child(parent: Option<Self>, namespace: &[u8], name: &[u8]) -> Option<Self> {
        match (parent, namespace, name) {
            (None, SOAP, b"Envelope") => Some(Self::Envelope),
            (Some(Self::Envelope), SOAP, b"Body") => Some(Self::Body),
            (Some(Self::Envelope), SOAP, b"Header") => Some(Self::Other),
            (Some(Self::Body), OUTBOUND, b"notifications") => Some(Self::Notifications),
            (Some(Self::Notifications), OUTBOUND, b"OrganizationId") => Some(Self::OrganizationId),
            (Some(Self::Notifications), OUTBOUND, b"Notification") => Some(Self::Notification),
            (Some(Self::Notification), OUTBOUND, b"Id") => Some(Self::NotificationId),
            (Some(Self::Notification), OUTBOUND, b"sObject") => Some(Self::Record),
            (Some(Self::Record), ENTERPRISE | PARTNER, b"Id") => Some(Self::RecordId),
            (Some(Self::Notifications), OUTBOUND, _) | (Some(Self::Record), ENTERPRISE | PARTNER, _) => Some(Self::Other),
            (Some(Self::Other), ..) => Some(Self::Other),
            _ => None,
        }
    }
}

/// The parts of a message that have been read. A method returns `None` if the message is malformed.
#[derive(Default)]
struct Message {
    open: Vec<Element>,
    has_root: bool,
    /// Content of the open element, if it is an id.
    content: String,
    organization: Option<SalesforceId>,
    notification: Option<SalesforceId>,
    record: Option<SalesforceId>,
    events: Vec<WebhookEvent>,
}

impl Message {
    fn start(&mut self, namespace: ResolveResult<'_>, element: &BytesStart<'_>) -> Option<()> {
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(namespace)) => namespace,
            ResolveResult::Unbound => b"",
            ResolveResult::Unknown(_) => return None,
        };
        let child = Element::child(self.open.last().copied(), namespace, element.local_name().as_ref())?;
        if self.open.len() >= MAX_DEPTH || (child == Element::Envelope && self.has_root) {
            return None;
        }
        self.has_root = true;
        self.content.clear();
        self.open.push(child);
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        match self.open.last() {
            Some(Element::OrganizationId | Element::NotificationId | Element::RecordId) => self.content.push_str(text),
            Some(Element::Other) => {}
            _ if !text.trim_ascii().is_empty() => return None,
            _ => {}
        }
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        match self.open.pop()? {
            Element::OrganizationId => set(&mut self.organization, &self.content, SalesforceId::ORGANIZATION),
            Element::NotificationId => set(&mut self.notification, &self.content, SalesforceId::NOTIFICATION),
            Element::RecordId => set(&mut self.record, &self.content, SalesforceId::OPPORTUNITY),
            Element::Notification => self.add_event(),
            _ => Some(()),
        }
    }

    fn add_event(&mut self) -> Option<()> {
        let (notification, record) = (self.notification.take()?, self.record.take()?);
        let key = Some(format!("outbound:{notification}"));
        self.events.push(WebhookEvent { record: RecordRef::deal(record.into()), key });
        (self.events.len() <= MAX_NOTIFICATIONS).then_some(())
    }

    fn into_call(self) -> Option<WebhookCall> {
        let is_complete = self.open.is_empty() && !self.events.is_empty();
        let account_id = self.organization.filter(|_| is_complete)?.to_string();
        Some(WebhookCall { account_id, events: self.events, is_batch: true })
    }
}

/// Parses an id that the message must contain once.
fn set(id: &mut Option<SalesforceId>, content: &str, prefix: &str) -> Option<()> {
    let parsed = SalesforceId::parse_with_prefix(content.trim_ascii(), prefix)?;
    id.replace(parsed).is_none().then_some(())
}
