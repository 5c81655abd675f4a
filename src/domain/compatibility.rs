//! Salesforce-specific names in the HTTP API, for clients that are older than the support for other CRMs. Every response contains
//! these fields, but they are `null` for other providers.

use super::connection::deal::Deal;
use super::connection::terms::Terms;
use super::contract::link::{Link, LinkRole};
use super::contract::sync::Sync;
use super::record::{RecordId, RecordRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Slug of the provider that has compatibility names.
pub const SLUG: &str = "salesforce";
/// Path that redirects from a record at the provider to the contract that was created from the record.
pub const CONTRACT_PAGE: &str = "/contracts/by-opportunity/{record}";

pub fn record_not_found(terms: &Terms) -> &'static str {
    if terms.slug == SLUG { "opportunity_not_found" } else { "record_not_found" }
}

pub fn provider_unavailable(terms: &Terms) -> &'static str {
    if terms.slug == SLUG { "salesforce_unavailable" } else { "provider_unavailable" }
}

/// Error code in the redirect to the integrations page if the provider reported an error in the OAuth callback.
pub fn provider_error(terms: &Terms) -> &'static str {
    if terms.slug == SLUG { "salesforce_error" } else { "provider_error" }
}

/// Replaces the Salesforce-specific code from [`provider_error`] with the general code.
pub fn general_code(code: &str) -> &str {
    if code == "salesforce_error" { "provider_error" } else { code }
}

/// Query parameter that names the provider on the integrations page; empty for Salesforce.
pub fn provider_query(terms: &Terms) -> String {
    if terms.slug == SLUG { String::new() } else { format!("&provider={}", terms.slug) }
}

pub const RECORD_ID_HINT: &str =
    "`record_id`, or `opportunity_id` for Salesforce, must be the id of a deal or the address of its page.";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractFields {
    /// Id of the source Opportunity, 18 characters.
    pub salesforce_opportunity_id: Option<RecordId>,
    pub opportunity_name: Option<String>,
    pub account_name: Option<String>,
    pub opportunity_url: Option<String>,
    /// Write-back state: `not_linked` for an upload, `null` for a contract from another provider.
    pub sync: Option<Sync>,
}

impl ContractFields {
    pub fn of(links: &[Link]) -> Self {
        match links.iter().find(|link| link.role == LinkRole::Source) {
            None => Self { sync: Some(Sync::not_linked()), ..Self::default() },
            Some(link) if link.provider != SLUG => Self::default(),
            Some(link) => Self {
                salesforce_opportunity_id: Some(link.record_id.clone()),
                opportunity_name: Some(link.name.clone()),
                account_name: link.party_name.clone(),
                opportunity_url: link.url.clone(),
                sync: Some(link.sync.clone()),
            },
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SummaryFields {
    /// Id of the source Opportunity, 18 characters.
    pub salesforce_opportunity_id: Option<RecordId>,
    pub opportunity_name: Option<String>,
    pub account_name: Option<String>,
}

impl SummaryFields {
    pub fn of(provider: &str, record: &RecordId, name: &str, party: Option<&str>) -> Self {
        if provider != SLUG {
            return Self::default();
        }
        Self {
            salesforce_opportunity_id: Some(record.clone()),
            opportunity_name: Some(name.to_owned()),
            account_name: party.map(str::to_owned),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionFields {
    /// Id of the ContentVersion or Attachment in Salesforce from which the version was copied.
    pub salesforce_content_version_id: Option<String>,
}

impl VersionFields {
    pub fn of(source: &str, remote_id: Option<&str>) -> Self {
        Self { salesforce_content_version_id: remote_id.filter(|_| source == SLUG).map(str::to_owned) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryFields {
    /// 18 characters.
    pub opportunity_id: Option<RecordId>,
}

impl DeliveryFields {
    pub fn of(provider: &str, record: &RecordRef) -> Self {
        Self { opportunity_id: (provider == SLUG).then(|| record.id.clone()) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationFields {
    /// Number of Opportunities that the current run has checked. If no run is in progress, the number from the last run.
    pub opportunities: Option<i64>,
}

impl ReconciliationFields {
    pub fn of(provider: &str, records: i64) -> Self {
        Self { opportunities: (provider == SLUG).then_some(records) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRunFields {
    pub opportunity: Option<Opportunity>,
}

/// Body of a webhook call. It must contain exactly one of `OpportunityId` and `OpportunityIds`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; the library reads the body")]
pub struct WebhookBody {
    /// Id of the Salesforce org, 15 or 18 characters, starting with `00D`.
    #[schema(rename = "OrganizationId")]
    organization_id: String,
    /// Id of an Opportunity, starting with `006`.
    #[schema(rename = "OpportunityId")]
    opportunity_id: Option<String>,
    /// Ids of 1 to 200 Opportunities, each starting with `006`.
    #[schema(rename = "OpportunityIds", min_items = 1, max_items = 200)]
    opportunity_ids: Option<Vec<String>>,
}

/// Body of a request for the state of a deal.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; the library reads the body")]
pub struct DealStatusBody {
    /// Id of the Salesforce org, 15 or 18 characters, starting with `00D`.
    #[schema(rename = "OrganizationId")]
    organization_id: String,
    /// Id of an Opportunity, starting with `006`.
    #[schema(rename = "OpportunityId")]
    opportunity_id: String,
}

/// Body of a dry run. It must contain exactly one of the two fields.
#[derive(Deserialize, ToSchema)]
pub struct DryRunBody {
    /// Id of the deal, or URL of its page.
    record_id: Option<String>,
    /// Salesforce-specific alternative to `record_id`, for API compatibility.
    opportunity_id: Option<String>,
}

impl DryRunBody {
    /// Returns the field that is present; `None` if both or none are present.
    pub fn record_id(&self) -> Option<&str> {
        self.record_id.as_deref().xor(self.opportunity_id.as_deref())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Opportunity {
    /// 18 characters.
    pub id: RecordId,
    pub name: String,
    /// `null` if the Opportunity has no Account.
    pub account_name: Option<String>,
    pub stage: String,
}

impl DryRunFields {
    pub fn of(provider: &str, deal: &Deal) -> Self {
        let opportunity = (provider == SLUG).then(|| Opportunity {
            id: deal.id.clone(),
            name: deal.name.clone(),
            account_name: deal.party_name.clone(),
            stage: deal.stage.clone(),
        });
        Self { opportunity }
    }
}
