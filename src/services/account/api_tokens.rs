//! API tokens. A program that uses a token acts with the role of the user who created the token.

use crate::db::Tx;
use crate::db::account::api_tokens as table;
use crate::domain::account::users::{ApiToken, NewApiToken, Role, TokenLifetime};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ApiTokenId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::problem::{Invalid, Problem};
use crate::hub::{Hub, Result};
use crate::random::{digest, new_id, new_secret};
use crate::services::auth::idempotency::first_or_return;
use crate::services::{Actor, pagination, validation};

const PREFIX_CHARACTERS: usize = 10;
const MAX_TOKENS: i64 = 100;

impl Hub {
    /// Returns the actor's own tokens, newest first. Admins get all tokens in the organization.
    pub async fn api_tokens(&self, actor: &Actor, page: &PageRequest) -> Result<Page<ApiToken>> {
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = table::list(&mut tx, &actor.organization_id, owner_filter(actor, actor.role), before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, token))
    }

    /// Creates a token. Only this response contains the token's value. Requires a session, so that a token cannot renew itself.
    pub async fn create_api_token(&self, actor: &Actor, name: &str, lifetime: TokenLifetime) -> Result<NewApiToken> {
        actor.require_session()?;
        let now = self.clock().now();
        let expires_at = now + lifetime.duration();
        let name = validation::name(name, Invalid::TokenName)?;
        let (id, token): (ApiTokenId, _) = (new_id(), new_secret("lct_"));
        let row = table::NewApiTokenRow {
            id: &id,
            organization_id: &actor.organization_id,
            user_id: &actor.user_id,
            name: &name,
            prefix: &token.expose()[..PREFIX_CHARACTERS],
            token_digest: &digest(&token),
            expires_at,
        };
        // The lock on the organization serializes this transaction with password changes, which delete sessions and tokens.
        let mut tx = first_or_return!(self.begin_idempotent_with_users(actor, Role::Viewer).await?);
        if table::count_of_user(&mut tx, &actor.organization_id, &actor.user_id, now).await? >= MAX_TOKENS {
            return Err(Problem::TooManyTokens.into());
        }
        table::insert(&mut tx, &row, now).await?;
        let summary = format!("{} created the API token “{name}” ({id})", actor.name);
        self.record(&mut tx, actor, ActivityKind::TokenCreated, summary).await?;
        let created = NewApiToken { id, name, token: token.expose().clone(), expires_at };
        self.commit_idempotent(tx, actor, &created).await?;
        Ok(created)
    }

    /// Revokes a token. Only admins can revoke the tokens of other users.
    pub async fn revoke_api_token(&self, actor: &Actor, id: &ApiTokenId) -> Result<()> {
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Viewer).await?);
        let role = self.authorize(&mut tx, actor, Role::Viewer).await?;
        let removed = table::delete(&mut tx, &actor.organization_id, owner_filter(actor, role), id).await?;
        let name = removed.ok_or(Problem::NotFound)?.name;
        let summary = format!("{} revoked the API token “{name}” ({id})", actor.name);
        self.record(&mut tx, actor, ActivityKind::TokenRevoked, summary).await?;
        self.commit_idempotent(tx, actor, &()).await
    }

    /// Deletes all tokens of a user. `reason` completes the summary "The API token … was revoked because …".
    pub(crate) async fn delete_api_tokens(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        user: &UserId,
        user_name: &str,
        reason: &str,
    ) -> Result<()> {
        let now = self.clock().now();
        let removed = table::delete_of_user(tx, &actor.organization_id, user).await?;
        for token in removed.into_iter().filter(|token| token.expires_at > now) {
            let summary = format!("The API token “{}” ({}) of {user_name} was revoked because {reason}", token.name, token.id);
            self.record(tx, actor, ActivityKind::TokenRevoked, summary).await?;
        }
        Ok(())
    }
}

/// Returns the only user whose tokens the actor is allowed to see; `None` for admins, who see the tokens of all users.
fn owner_filter(actor: &Actor, role: Role) -> Option<&UserId> {
    (role != Role::Admin).then_some(&actor.user_id)
}

fn token(row: table::ApiTokenRow) -> ApiToken {
    ApiToken {
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        created_by: row.user_name,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}
