//! API tokens: programs act with their maker's role.

use super::{Actor, checked, form_posts::Begun, pages};
use crate::{
    db::api_tokens as table,
    domain::{
        ids::{ApiTokenId, UserId},
        page::{Page, PageRequest},
        people::{ApiToken, NewApiToken, Role},
        problem::{Invalid, Problem},
        timeline::ActivityKind,
    },
    hub::{Hub, Result},
    random::{digest, new_id, new_secret},
};

/// How much of a token lists show.
const PREFIX_CHARACTERS: usize = 10;
/// The most tokens of one user.
const MAX_TOKENS: i64 = 100;

impl Hub {
    /// The actor's own tokens; an admin sees the whole organization's. Newest first.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn api_tokens(&self, actor: &Actor, page: &PageRequest) -> Result<Page<ApiToken>> {
        let before = pages::cursor(page)?;
        let mut tx = self.db.glance().await?;
        let rows = table::list(&mut tx, &actor.organization_id, only_own(actor, actor.role), before.as_ref(), page).await?;
        Ok(pages::cut(rows, page, |row| &row.id, token))
    }

    /// Makes a token, which is shown this once.
    ///
    /// # Errors
    /// The name cannot be used, or the user has too many tokens.
    pub async fn create_api_token(&self, actor: &Actor, name: &str) -> Result<NewApiToken> {
        let name = checked::name(name, Invalid::TokenName)?;
        let (id, token): (ApiTokenId, _) = (new_id(), new_secret("lct_"));
        let row = table::NewApiTokenRow {
            id: &id,
            organization_id: &actor.organization_id,
            user_id: &actor.user_id,
            name: &name,
            prefix: &token.expose()[..PREFIX_CHARACTERS],
            token_digest: &digest(&token),
        };
        let mut tx = match self.begin_once(actor, Role::Viewer).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        if table::count_of_user(&mut tx, &actor.organization_id, &actor.user_id).await? >= MAX_TOKENS {
            return Err(Problem::TooManyTokens.into());
        }
        table::insert(&mut tx, &row, self.clock().now()).await?;
        self.note(&mut tx, actor, ActivityKind::TokenCreated, format!("{} made the API token “{name}”", actor.name)).await?;
        let made = NewApiToken { id, name, token: token.expose().clone() };
        self.commit_once(tx, actor, &made).await?;
        Ok(made)
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// There is no such token, or it is somebody else's.
    pub async fn revoke_api_token(&self, actor: &Actor, id: &ApiTokenId) -> Result<()> {
        let mut tx = match self.begin_once(actor, Role::Viewer).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let role = self.authorize(&mut tx, actor, Role::Viewer).await?;
        if !table::delete(&mut tx, &actor.organization_id, only_own(actor, role), id).await? {
            return Err(Problem::NotFound.into());
        }
        self.note(&mut tx, actor, ActivityKind::TokenRevoked, format!("{} revoked an API token", actor.name)).await?;
        self.commit_once(tx, actor, &()).await
    }
}

fn only_own(actor: &Actor, role: Role) -> Option<&UserId> {
    if role == Role::Admin { None } else { Some(&actor.user_id) }
}

fn token(row: table::ApiTokenRow) -> ApiToken {
    ApiToken {
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        created_by: row.user_name,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    }
}
