//! API tokens: programs act with their maker's role.

use super::Actor;
use crate::{
    domain::{
        ids::ApiTokenId,
        page::{Page, PageRequest},
        people::{ApiToken, NewApiToken},
    },
    hub::{Hub, Result},
};

impl Hub {
    /// The actor's own tokens; an admin sees the whole organization's. Newest first.
    pub async fn api_tokens(&self, _actor: &Actor, _page: &PageRequest) -> Result<Page<ApiToken>> {
        unimplemented!()
    }
    /// Makes a token, which is shown this once.
    pub async fn create_api_token(&self, _actor: &Actor, _name: &str) -> Result<NewApiToken> {
        unimplemented!()
    }
    /// Ends a token at once.
    pub async fn revoke_api_token(&self, _actor: &Actor, _id: &ApiTokenId) -> Result<()> {
        unimplemented!()
    }
}
