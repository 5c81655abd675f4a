//! The outside names from before there were several CRMs: what Salesforce alone is called, as one case of the general rule.
//!
//! Fields of this module are present in every answer, and `null` for other providers.

use super::{
    connection::{
        deal::Deal,
        record::{RecordId, RecordRef},
        terms::Terms,
    },
    contract::{
        Sync,
        link::{Link, LinkRole},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The provider that these names belong to.
pub const SLUG: &str = "salesforce";
/// The page that leads from a record at the provider to its contract.
pub const CONTRACT_PAGE: &str = "/contracts/by-opportunity/{record}";

/// The code of a record that is not there.
pub fn record_not_found(terms: &Terms) -> &'static str {
    if terms.slug == SLUG { "opportunity_not_found" } else { "record_not_found" }
}

/// The code of a provider that does not answer as expected.
pub fn provider_unavailable(terms: &Terms) -> &'static str {
    if terms.slug == SLUG { "salesforce_unavailable" } else { "provider_unavailable" }
}

/// The code of a callback with an error of the provider.
pub fn provider_error(terms: &Terms) -> &'static str {
    if terms.slug == SLUG { "salesforce_error" } else { "provider_error" }
}

/// The general code of a code of the callback.
pub fn general_code(code: &str) -> &str {
    if code == "salesforce_error" { "provider_error" } else { code }
}

/// Names the provider in the query of the integrations page; its absence means Salesforce.
pub fn provider_query(terms: &Terms) -> String {
    if terms.slug == SLUG { String::new() } else { format!("&provider={}", terms.slug) }
}

/// What is said about a record id that is none.
pub const RECORD_ID_HINT: &str =
    "`record_id`, or `opportunity_id` for Salesforce, must be the id of a deal or the address of its page.";

/// Of a contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractFields {
    /// The Opportunity it was made from, 18 characters.
    pub salesforce_opportunity_id: Option<RecordId>,
    /// The Opportunity's name.
    pub opportunity_name: Option<String>,
    /// The name of the Opportunity's account.
    pub account_name: Option<String>,
    /// Where a browser shows the Opportunity.
    pub opportunity_url: Option<String>,
    /// How its write-back stands: `not_linked` for an upload, `null` when the contract was made from a record of another provider.
    pub sync: Option<Sync>,
}

impl ContractFields {
    /// The fields of a contract with these links.
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

/// Of a contract in a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SummaryFields {
    /// The Opportunity it was made from, 18 characters.
    pub salesforce_opportunity_id: Option<RecordId>,
    /// The Opportunity's name.
    pub opportunity_name: Option<String>,
    /// The name of the Opportunity's account.
    pub account_name: Option<String>,
}

impl SummaryFields {
    /// The fields of a contract that was made from a record of this provider.
    pub fn of(provider: &str, record: &RecordId, name: &str, party: Option<&str>) -> Self {
        match provider == SLUG {
            true => Self {
                salesforce_opportunity_id: Some(record.clone()),
                opportunity_name: Some(name.to_owned()),
                account_name: party.map(str::to_owned),
            },
            false => Self::default(),
        }
    }
}

/// Of a version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionFields {
    /// The ContentVersion or Attachment it is a copy of.
    pub salesforce_content_version_id: Option<String>,
}

impl VersionFields {
    /// The fields of a version that is a copy of this file.
    pub fn of(source: &str, remote_id: Option<&str>) -> Self {
        Self { salesforce_content_version_id: remote_id.filter(|_| source == SLUG).map(str::to_owned) }
    }
}

/// Of a delivery and of its receipt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryFields {
    /// The Opportunity, 18 characters.
    pub opportunity_id: Option<RecordId>,
}

impl DeliveryFields {
    /// The fields of a delivery of this record.
    pub fn of(provider: &str, record: &RecordRef) -> Self {
        Self { opportunity_id: (provider == SLUG).then(|| record.id.clone()) }
    }
}

/// Of a reconciliation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationFields {
    /// How many Opportunities it has looked at so far, or had when it last ran.
    pub opportunities: Option<i64>,
}

impl ReconciliationFields {
    /// The fields of a reconciliation with this provider.
    pub fn of(provider: &str, records: i64) -> Self {
        Self { opportunities: (provider == SLUG).then_some(records) }
    }
}

/// Of a dry run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRunFields {
    /// The Opportunity as Salesforce has it.
    pub opportunity: Option<Opportunity>,
}

/// The body of a call; exactly one of the last two.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; the library reads the body")]
pub struct WebhookBody {
    /// The Salesforce org, 15 or 18 characters, `00D…`.
    #[schema(rename = "OrganizationId")]
    organization_id: String,
    /// One Opportunity, `006…`.
    #[schema(rename = "OpportunityId")]
    opportunity_id: Option<String>,
    /// 1 to 200 Opportunities.
    #[schema(rename = "OpportunityIds", min_items = 1, max_items = 200)]
    opportunity_ids: Option<Vec<String>>,
}

/// The body of a dry run: exactly one of the two.
#[derive(Deserialize, ToSchema)]
pub struct DryRunBody {
    /// The deal, as its id or the address of its page.
    record_id: Option<String>,
    /// The same for Salesforce.
    opportunity_id: Option<String>,
}

impl DryRunBody {
    /// What names the deal.
    pub fn record_id(&self) -> Option<&str> {
        self.record_id.as_deref().xor(self.opportunity_id.as_deref())
    }
}

/// What is read of an Opportunity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Opportunity {
    /// Its id, 18 characters.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// The name of its account; an Opportunity may have none.
    pub account_name: Option<String>,
    /// Its stage.
    pub stage: String,
}

impl DryRunFields {
    /// The fields of a dry run with this deal.
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
