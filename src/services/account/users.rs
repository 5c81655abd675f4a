use crate::db::Tx;
use crate::db::account::{invitations, organizations, users};
use crate::db::auth::sessions;
use crate::domain::account::quota::Quota;
use crate::domain::account::users::{Invitation, Invited, Role, User};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{InvitationId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::problem::{Invalid, Problem};
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::random::{digest, new_id, new_secret};
use crate::secret::Secret;
use crate::services::auth::idempotency::first_or_return;
use crate::services::auth::{passwords, sign_in};
use crate::services::{Actor, Client, SignedIn, pagination, validation};
use std::time::Duration;

const INVITATION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub struct NewUser {
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// The properties to change. `None` keeps the current value.
#[derive(Default)]
pub struct UserChange {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub is_disabled: Option<bool>,
}

impl Hub {
    /// Returns the users of the actor's organization, oldest first.
    pub async fn users(&self, actor: &Actor, page: &PageRequest) -> Result<Page<User>> {
        actor.require(Role::Admin)?;
        let after = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = users::list(&mut tx, &actor.organization_id, after.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, user))
    }

    /// Adds a user, who chooses a password at the returned URL.
    pub async fn invite_user(&self, actor: &Actor, new: NewUser) -> Result<Invited> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let row = validation::new_user(&actor.organization_id, &new.email, &new.name, new.role, now)?;
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        sign_in::insert_user(&mut tx, &row).await?;
        self.check_quotas(&mut tx, &actor.organization_id, &[Quota::Users]).await?;
        let summary = format!("{} invited {} as {}", actor.name, row.name, row.role.label());
        let invited = self.insert_invitation(&mut tx, row, now).await?;
        self.record(&mut tx, actor, ActivityKind::UserInvited, summary).await?;
        self.commit_idempotent(tx, actor, &invited).await?;
        Ok(invited)
    }

    /// Replaces an invitation that was not accepted yet. The old URL becomes invalid.
    pub async fn invite_again(&self, actor: &Actor, id: &UserId) -> Result<Invited> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let row = users::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if row.password_hash.is_some() {
            return Err(Problem::EmailTaken.into());
        }
        invitations::delete_of_user(&mut tx, &actor.organization_id, id).await?;
        let invited = self.insert_invitation(&mut tx, row.clone(), now).await?;
        let summary = format!("{} created a new invitation for {}", actor.name, row.name);
        self.record(&mut tx, actor, ActivityKind::UserInvited, summary).await?;
        self.commit_idempotent(tx, actor, &invited).await?;
        Ok(invited)
    }

    async fn insert_invitation(&self, tx: &mut Tx, row: users::UserRow, now: Timestamp) -> Result<Invited> {
        let (id, token): (InvitationId, _) = (new_id(), new_secret("lci_"));
        let expires_at = now + INVITATION_LIFETIME;
        invitations::insert(tx, &id, &row.organization_id, &row.id, &digest(&token), now, expires_at).await?;
        Ok(Invited { id: row.id, invitation_url: self.config().public(&format!("/invitations/{}", token.expose())) })
    }

    /// Changes a user. A new role ends the user's sessions. Disabling the user ends the sessions and deletes the API tokens.
    /// Connect links end unless the user is still an admin.
    pub async fn update_user(&self, actor: &Actor, id: &UserId, change: UserChange) -> Result<User> {
        actor.require(Role::Admin)?;
        let mut tx = self.db.begin().await?;
        organizations::lock(&mut tx, &actor.organization_id).await?;
        self.authorize(&mut tx, actor, Role::Admin).await?;
        let before = users::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let mut after = before.clone();
        if let Some(name) = &change.name {
            after.name = validation::name(name, Invalid::PersonName)?;
        }
        after.role = change.role.unwrap_or(after.role);
        after.is_disabled = change.is_disabled.unwrap_or(after.is_disabled);
        if before.role == Role::Admin && (after.role != Role::Admin || after.is_disabled) {
            require_other_admin(&mut tx, &before).await?;
        }
        users::update(&mut tx, &after).await?;
        if after.role != before.role || after.is_disabled {
            sessions::delete_of_user(&mut tx, &actor.organization_id, id).await?;
        }
        if after.role < Role::Admin || after.is_disabled {
            let reason = if after.is_disabled { "the account was disabled" } else { "the user is no longer an admin" };
            self.end_connect_links(&mut tx, actor, id, reason).await?;
        }
        // A disabled user can still have tokens, because older versions kept the tokens when a user was disabled.
        if before.is_disabled || after.is_disabled {
            self.delete_api_tokens(&mut tx, actor, id, &after.name, "the account was disabled").await?;
        }
        let disabled = if after.is_disabled { ", account disabled" } else { "" };
        let summary = format!("{} changed {}: {}{disabled}", actor.name, after.name, after.role.label());
        self.record(&mut tx, actor, ActivityKind::UserChanged, summary).await?;
        tx.commit().await?;
        Ok(user(after))
    }

    pub async fn remove_user(&self, actor: &Actor, id: &UserId) -> Result<()> {
        actor.require(Role::Admin)?;
        let mut tx = first_or_return!(self.begin_idempotent_with_users(actor, Role::Admin).await?);
        let row = users::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if row.role == Role::Admin {
            require_other_admin(&mut tx, &row).await?;
        }
        self.delete_api_tokens(&mut tx, actor, id, &row.name, "the account was removed").await?;
        self.end_connect_links(&mut tx, actor, id, "the account was removed").await?;
        users::delete(&mut tx, &actor.organization_id, id).await?;
        let summary = format!("{} removed {}", actor.name, row.name);
        self.record(&mut tx, actor, ActivityKind::UserRemoved, summary).await?;
        self.commit_idempotent(tx, actor, &()).await
    }

    pub async fn invitation(&self, token: &Secret<String>) -> Result<Option<Invitation>> {
        let mut tx = self.db.read().await?;
        let row = invitations::find_live(&mut tx, &digest(token), self.clock().now()).await?;
        Ok(row.map(|row| Invitation { id: row.id, organization_name: row.organization_name, email: row.email }))
    }

    pub async fn accept_invitation(&self, token: &Secret<String>, password: Secret<String>, client: &Client) -> Result<SignedIn> {
        self.sign_in_limits.invitation(client.address).spend()?;
        let (now, digest) = (self.clock().now(), digest(token));
        // Checks the token before the expensive password hash. The transaction below checks the token again.
        let found = invitations::find_live(&mut self.db.acquire().await?, &digest, now).await?;
        let invited = found.ok_or(Problem::InvitationInvalid)?;
        passwords::check_length(&password)?;
        let known = vec![invited.organization_name, invited.name, invited.email];
        let hash = self.password_hasher.acquire().await?.hash(password, known).await?;
        let mut tx = self.db.begin().await?;
        let row = invitations::find_live(&mut tx, &digest, now).await?.ok_or(Problem::InvitationInvalid)?;
        if !invitations::take(&mut tx, &row.id).await? {
            return Err(Problem::InvitationInvalid.into());
        }
        users::set_password(&mut tx, &row.organization_id, &row.user_id, &hash).await?;
        let user = users::find(&mut tx, &row.organization_id, &row.user_id).await?.ok_or(Problem::InvitationInvalid)?;
        let organization = organizations::name(&mut tx, &row.organization_id).await?;
        let summary = format!("{} accepted the invitation", user.name);
        self.commit_with_session(tx, user, organization, client, ActivityKind::InvitationAccepted, summary).await
    }
}

/// Fails if no other admin exists. The caller must lock the organization before it reads `row`. Otherwise, two admins could
/// demote each other concurrently.
async fn require_other_admin(tx: &mut Tx, row: &users::UserRow) -> Result<()> {
    if users::other_admins(tx, &row.organization_id, &row.id).await? == 0 { Err(Problem::LastAdmin.into()) } else { Ok(()) }
}

fn user(row: users::UserRow) -> User {
    User {
        id: row.id,
        email: row.email,
        name: row.name,
        role: row.role,
        is_disabled: row.is_disabled,
        is_invited: row.password_hash.is_none(),
        created_at: row.created_at,
        last_signed_in_at: row.last_signed_in_at,
    }
}
