//! Integrations that are expected and not built yet: listed as such, never as working.

use super::{Access, ConnectorInfo};
use crate::domain::catalogue::{
    AuthType,
    Category::{self, Crm, Erp, Storage},
};

const fn planned(slug: &'static str, name: &'static str, category: Category, description: &'static str) -> ConnectorInfo {
    ConnectorInfo { slug, name, description, category, auth_type: AuthType::OAuth2, access: Access::Planned }
}

pub(super) static DYNAMICS: ConnectorInfo =
    planned("dynamics", "Microsoft Dynamics 365", Crm, "Contracts from Dynamics 365 Sales opportunities.");
pub(super) static ZOHO: ConnectorInfo =
    planned("zoho-crm", "Zoho CRM", Crm, "Contracts from Zoho CRM deals and their attachments.");

pub(super) static NETSUITE: ConnectorInfo =
    planned("netsuite", "Oracle NetSuite", Erp, "Your NetSuite customers and orders, with their contracts.");
pub(super) static SAP: ConnectorInfo =
    planned("sap-s4hana", "SAP S/4HANA Cloud", Erp, "Your S/4HANA Cloud sales documents, with their contracts.");
pub(super) static QUICKBOOKS: ConnectorInfo =
    planned("quickbooks", "QuickBooks Online", Erp, "Your QuickBooks customers and invoices, with their contracts.");
pub(super) static XERO: ConnectorInfo = planned("xero", "Xero", Erp, "Your Xero contacts and invoices, with their contracts.");

pub(super) static GOOGLE_DRIVE: ConnectorInfo =
    planned("google-drive", "Google Drive", Storage, "Contracts from folders of Google Drive.");
pub(super) static ONEDRIVE: ConnectorInfo =
    planned("onedrive", "OneDrive and SharePoint", Storage, "Contracts from OneDrive and SharePoint libraries.");
pub(super) static DROPBOX: ConnectorInfo = planned("dropbox", "Dropbox", Storage, "Contracts from folders of Dropbox.");
pub(super) static BOX: ConnectorInfo = planned("box", "Box", Storage, "Contracts from folders of Box.");
pub(super) static DOCUSIGN: ConnectorInfo = planned("docusign", "DocuSign", Storage, "Signed contracts from DocuSign envelopes.");
