//! The people of an organization: invite, change, remove.

use crate::{
    db::{
        self, Tx,
        account::{invitations, organizations, users},
        audit::activity::NewActivity,
        auth::sessions,
    },
    domain::{
        account::{
            quota::Quota,
            users::{Invitation, Invited, Role, User},
        },
        contract::timeline::ActivityKind,
        ids::{InvitationId, UserId},
        page::{Page, PageRequest},
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    hub::{Hub, Result},
    random::{digest, new_id, new_secret},
    secret::Secret,
    services::{
        Actor, Client, SignedIn,
        auth::{
            idempotency::{Begun, Submission},
            passwords, sign_in,
        },
        pagination, validation,
    },
};
use std::time::Duration;

/// How long an invitation can be accepted.
const INVITATION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A person to invite.
pub struct NewUser {
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// What to change of a person; `None` leaves it.
#[derive(Default)]
pub struct UserChange {
    /// The name.
    pub name: Option<String>,
    /// What the person may do.
    pub role: Option<Role>,
    /// Whether the person is kept from signing in.
    pub is_disabled: Option<bool>,
}

impl Hub {
    /// The people of the organization, oldest first.
    ///
    /// # Errors
    /// The actor is no admin.
    pub async fn users(&self, actor: &Actor, page: &PageRequest) -> Result<Page<User>> {
        actor.require(Role::Admin)?;
        let after = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = users::list(&mut tx, &actor.organization_id, after.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, user))
    }

    /// Adds a person, who chooses a password at the address that is returned.
    ///
    /// # Errors
    /// The actor is no admin, a field cannot be used, the address is taken, or the organization has as many users as it may have.
    pub async fn invite_user(&self, submission: impl Into<Submission<'_>> + Send, new: NewUser) -> Result<Invited> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let row = validation::new_user(&actor.organization_id, &new.email, &new.name, new.role, now)?;
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        sign_in::insert_user(&mut tx, &row).await?;
        self.check_quotas(&mut tx, &actor.organization_id, &[Quota::Users]).await?;
        let summary = format!("{} invited {} as {}", actor.name, row.name, row.role.label());
        let invited = self.insert_invitation(&mut tx, row, now).await?;
        self.note(&mut tx, actor, ActivityKind::UserInvited, summary).await?;
        self.commit_idempotent(tx, submission, &invited).await?;
        Ok(invited)
    }

    /// A new address for a person who has not accepted the invitation yet; the old one stops working.
    ///
    /// # Errors
    /// The actor is no admin, there is no such person, or the person has accepted.
    pub async fn invite_again(&self, submission: impl Into<Submission<'_>> + Send, id: &UserId) -> Result<Invited> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let row = users::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if row.password_hash.is_some() {
            return Err(Problem::EmailTaken.into());
        }
        invitations::delete_of_user(&mut tx, &actor.organization_id, id).await?;
        let invited = self.insert_invitation(&mut tx, row.clone(), now).await?;
        let summary = format!("{} made a new invitation for {}", actor.name, row.name);
        self.note(&mut tx, actor, ActivityKind::UserInvited, summary).await?;
        self.commit_idempotent(tx, submission, &invited).await?;
        Ok(invited)
    }

    async fn insert_invitation(&self, tx: &mut Tx, row: users::UserRow, now: Timestamp) -> Result<Invited> {
        let (id, token): (InvitationId, _) = (new_id(), new_secret("lci_"));
        let invitation = (&id, &row.organization_id, &row.id);
        invitations::insert(tx, invitation, &digest(&token), now, now + INVITATION_LIFETIME).await?;
        Ok(Invited { id: row.id, invitation_url: self.config().public(&format!("/invitations/{}", token.expose())) })
    }

    /// Changes a person. A changed role ends the person's sessions; disabling ends sessions and API tokens for good.
    ///
    /// # Errors
    /// The actor is no admin, there is no such person, or no admin would be left.
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
            keep_an_admin(&mut tx, &before).await?;
        }
        users::update(&mut tx, &after).await?;
        if after.role != before.role || after.is_disabled {
            sessions::delete_of_user(&mut tx, &actor.organization_id, id).await?;
        }
        // Also on enabling: until version 0022 of the schema, disabling left tokens behind.
        if before.is_disabled || after.is_disabled {
            self.end_api_tokens(&mut tx, actor, (id, &after.name), "the account was disabled").await?;
        }
        let summary = format!(
            "{} changed {}: {}{}",
            actor.name,
            after.name,
            after.role.label(),
            if after.is_disabled { ", may not sign in" } else { "" }
        );
        self.note(&mut tx, actor, ActivityKind::UserChanged, summary).await?;
        tx.commit().await?;
        Ok(user(after))
    }

    /// Removes a person with sessions and tokens.
    ///
    /// # Errors
    /// The actor is no admin, there is no such person, or no admin would be left.
    pub async fn remove_user(&self, submission: impl Into<Submission<'_>> + Send, id: &UserId) -> Result<()> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let mut tx = match self.begin_idempotent_with_users(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let row = users::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if row.role == Role::Admin {
            keep_an_admin(&mut tx, &row).await?;
        }
        self.end_api_tokens(&mut tx, actor, (id, &row.name), "the account was removed").await?;
        users::delete(&mut tx, &actor.organization_id, id).await?;
        let summary = format!("{} removed {}", actor.name, row.name);
        self.note(&mut tx, actor, ActivityKind::UserRemoved, summary).await?;
        self.commit_idempotent(tx, submission, &()).await
    }

    /// The invitation of a link, while it can be accepted.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn invitation(&self, token: &Secret<String>) -> Result<Option<Invitation>> {
        let mut tx = self.db.read().await?;
        let row = invitations::find_live(&mut tx, &digest(token), self.clock().now()).await?;
        Ok(row.map(|row| Invitation { id: row.id, organization_name: row.organization_name, email: row.email }))
    }

    /// Sets the invited person's password and signs that person in. Works once.
    ///
    /// # Errors
    /// The invitation has ended, the password cannot be used, or the client has tried too often.
    pub async fn accept_invitation(&self, token: &Secret<String>, password: Secret<String>, client: &Client) -> Result<SignedIn> {
        self.sign_in_limits.invitation(client.address).spend()?;
        let (now, digest) = (self.clock().now(), digest(token));
        // Looked up before the password is hashed, which is costly, and again in the transaction that uses it up.
        let found = invitations::find_live(&mut self.db.acquire().await?, &digest, now).await?;
        let invited = found.ok_or(Problem::InvitationInvalid)?;
        passwords::check_length(&password)?;
        let known = vec![invited.organization_name, invited.name, invited.email];
        let hash = self.password_hasher.turn().await?.hash(password, known).await?;
        let mut tx = self.db.begin().await?;
        let row = invitations::find_live(&mut tx, &digest, now).await?.ok_or(Problem::InvitationInvalid)?;
        if !invitations::take(&mut tx, &row.id).await? {
            return Err(Problem::InvitationInvalid.into());
        }
        users::set_password(&mut tx, &row.organization_id, &row.user_id, &hash).await?;
        let user = users::find(&mut tx, &row.organization_id, &row.user_id).await?.ok_or(Problem::InvitationInvalid)?;
        let organization = organizations::name(&mut tx, &row.organization_id).await?;
        let summary = format!("{} accepted the invitation", user.name);
        let line = NewActivity::new(&row.organization_id, ActivityKind::InvitationAccepted, &user.name, summary, now);
        db::audit::activity::insert(&mut tx, line.by(&user.id)).await?;
        let signed_in = self.start_session(&mut tx, user, organization, client).await?;
        tx.commit().await?;
        Ok(signed_in)
    }
}

/// The organization must be locked, and the person read after that: of two admins who take each other's role at once, the second is told.
async fn keep_an_admin(tx: &mut Tx, row: &users::UserRow) -> Result<()> {
    match users::other_admins(tx, &row.organization_id, &row.id).await? {
        0 => Err(Problem::LastAdmin.into()),
        _ => Ok(()),
    }
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
