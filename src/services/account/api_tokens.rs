//! API tokens: programs act with their maker's role.

use crate::{
    db::{Tx, account::api_tokens as table},
    domain::{
        account::users::{ApiToken, NewApiToken, Role, TokenLifetime},
        contract::timeline::ActivityKind,
        ids::{ApiTokenId, UserId},
        page::{Page, PageRequest},
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    hub::{Hub, Result},
    random::{digest, new_id, new_secret},
    services::{
        Actor,
        auth::idempotency::{Begun, Submission},
        pagination, validation,
    },
};

/// How much of a token lists show.
const PREFIX_CHARACTERS: usize = 10;
/// The most tokens of one user that have not expired.
const MAX_TOKENS: i64 = 100;

impl Hub {
    /// The actor's own tokens; an admin sees the whole organization's. Newest first.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn api_tokens(&self, actor: &Actor, page: &PageRequest) -> Result<Page<ApiToken>> {
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = table::list(&mut tx, &actor.organization_id, only_own(actor, actor.role), before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, token))
    }

    /// Makes a token, which is shown this once. A token makes no tokens: a stolen one could otherwise outlive its own end.
    ///
    /// # Errors
    /// The actor is a token, the name cannot be used, or the user has too many tokens.
    pub async fn create_api_token(
        &self,
        submission: impl Into<Submission<'_>> + Send,
        name: &str,
        lifetime: TokenLifetime,
    ) -> Result<NewApiToken> {
        let submission = submission.into();
        let actor = submission.actor;
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
        // Under the organization's lock: a change of the password that ends sessions and tokens comes before or after all of this.
        let mut tx = match self.begin_idempotent_with_users(submission, Role::Viewer).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        if table::count_of_user(&mut tx, &actor.organization_id, &actor.user_id, now).await? >= MAX_TOKENS {
            return Err(Problem::TooManyTokens.into());
        }
        table::insert(&mut tx, &row, now).await?;
        self.note(&mut tx, actor, ActivityKind::TokenCreated, format!("{} made the API token “{name}” ({id})", actor.name))
            .await?;
        let made = NewApiToken { id, name, token: token.expose().clone(), expires_at };
        self.commit_idempotent(tx, submission, &made).await?;
        Ok(made)
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// There is no such token, or it is somebody else's.
    pub async fn revoke_api_token(&self, submission: impl Into<Submission<'_>> + Send, id: &ApiTokenId) -> Result<()> {
        let submission = submission.into();
        let actor = submission.actor;
        let mut tx = match self.begin_idempotent(submission, Role::Viewer).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let role = self.authorize(&mut tx, actor, Role::Viewer).await?;
        let removed =
            table::delete(&mut tx, &actor.organization_id, only_own(actor, role), id).await?.ok_or(Problem::NotFound)?;
        let summary = format!("{} revoked the API token “{}” ({id})", actor.name, removed.name);
        self.note(&mut tx, actor, ActivityKind::TokenRevoked, summary).await?;
        self.commit_idempotent(tx, submission, &()).await
    }

    /// Ends every token of a user in the transaction of what ends them. `why` completes the sentence of the audit log.
    pub(crate) async fn end_api_tokens(&self, tx: &mut Tx, actor: &Actor, user: (&UserId, &str), why: &str) -> Result<()> {
        let (now, (user, name)) = (self.clock().now(), user);
        let removed = table::delete_of_user(tx, &actor.organization_id, user).await?;
        for token in removed.into_iter().filter(|token| token.expires_at > now) {
            let summary = format!("The API token “{}” ({}) of {name} ended because {why}", token.name, token.id);
            self.note(tx, actor, ActivityKind::TokenRevoked, summary).await?;
        }
        Ok(())
    }

    /// Removes up to `limit` tokens that expired before `before`; gives how many there were.
    pub(crate) async fn forget_expired_tokens(&self, before: Timestamp, limit: i64) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let gone = table::delete_expired(&mut tx, before, limit).await?;
        tx.commit().await?;
        Ok(gone)
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
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}
