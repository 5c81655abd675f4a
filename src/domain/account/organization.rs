//! Settings that belong to an organization.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organization {
    pub name: String,
    /// True if texts of contracts are sent to the language model that the server's operator has configured.
    pub llm_analysis: bool,
}
