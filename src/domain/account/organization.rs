//! Settings of an organization.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an organization decides about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// Whether the texts of its contracts may be sent to the language model that the operator of the server has configured.
    pub llm_analysis: bool,
}
