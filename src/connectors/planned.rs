//! Integrations that are expected and not built yet: listed as such, never as working.

use super::{Access, ConnectorInfo};
use crate::domain::catalogue::{AuthType, Category};

pub(super) static DYNAMICS: ConnectorInfo = ConnectorInfo {
    slug: "dynamics",
    name: "Microsoft Dynamics 365",
    description: "Contracts from Dynamics 365 Sales opportunities.",
    category: Category::Crm,
    auth_type: AuthType::OAuth2,
    access: Access::Planned,
};
