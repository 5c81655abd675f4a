//! Idempotency of submitted forms: a repeated submission, such as a double click, has no further effect and gets the response of
//! the first submission.
//!
//! The key is stored in the transaction of the effect, so a concurrent submission waits for that transaction. The response is
//! kept for [`KEY_LIFETIME`]. It is stored encrypted, because it can contain a secret that is shown only once.

use crate::{
    db::{ReadConnection, Tx, account::organizations, auth::idempotency},
    domain::account::users::Role,
    hub::{Error, Hub, Result},
    random::hex,
    services::Actor,
    vault::Field,
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::time::Duration;

pub(crate) const KEY_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Identifies one submission of one form: a digest of the form's id, path and content. If the same form is submitted with other
/// content, the key differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey([u8; 32]);

impl IdempotencyKey {
    pub fn new(form_id: &str, content: &[&[u8]]) -> Self {
        content.iter().fold(Self(Sha256::digest(form_id).into()), |key, part| key.and(part))
    }

    /// Returns a key that also covers `content`.
    #[must_use]
    pub fn and(&self, content: &[u8]) -> Self {
        let part: [u8; 32] = Sha256::digest(content).into();
        Self(Sha256::digest([self.0, part].concat()).into())
    }
}

pub(crate) enum Idempotent<T> {
    /// This is the first submission: the caller applies the effect in this transaction, then calls [`Hub::commit_idempotent`].
    First(Tx),
    /// This is a repeated submission: the caller returns this response, which is that of the first submission.
    Replay(T),
}

impl Hub {
    /// Begins a transaction. Fails unless the actor's current role is at least `role`. If the actor has no idempotency key, every
    /// call counts as a first submission.
    pub(crate) async fn begin_idempotent<T: DeserializeOwned>(&self, actor: &Actor, role: Role) -> Result<Idempotent<T>> {
        self.begin_with_key(actor, role, false).await
    }

    /// Like [`Self::begin_idempotent`], but also locks the organization. For transactions that change users.
    pub(crate) async fn begin_idempotent_with_users<T: DeserializeOwned>(
        &self,
        actor: &Actor,
        role: Role,
    ) -> Result<Idempotent<T>> {
        self.begin_with_key(actor, role, true).await
    }

    async fn begin_with_key<T: DeserializeOwned>(&self, actor: &Actor, role: Role, locks_users: bool) -> Result<Idempotent<T>> {
        let mut tx = self.db.begin().await?;
        let id = row_id(actor);
        // The key is inserted before any lock is taken. A concurrent submission waits here until the first transaction ends.
        let is_first = match &id {
            Some(id) => {
                let now = self.clock().now();
                idempotency::insert_if_new(&mut tx, &actor.organization_id, &actor.user_id, id, now, now - KEY_LIFETIME).await?
            }
            None => true,
        };
        if locks_users {
            organizations::lock(&mut tx, &actor.organization_id).await?;
        }
        self.authorize(&mut tx, actor, role).await?;
        if is_first {
            return Ok(Idempotent::First(tx));
        }
        let response = self.stored_response(&mut tx, actor).await?;
        response.map(Idempotent::Replay).ok_or(Error::Inconsistent("an idempotency key without a response"))
    }

    /// Commits the effect, together with the response for repeated submissions.
    pub(crate) async fn commit_idempotent<T: Serialize>(&self, mut tx: Tx, actor: &Actor, response: &T) -> Result<()> {
        if let Some(id) = row_id(actor) {
            let json = serde_json::to_vec(response).map_err(|_| Error::Inconsistent("a response that is not serializable"))?;
            let sealed = self.vault.encrypt(&actor.organization_id, Field::IdempotentResponse, &json);
            idempotency::set_response(&mut tx, &actor.organization_id, &id, &sealed).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Returns the response of the first submission; `None` if there is no earlier submission. Some checks run before the
    /// transaction and fail for a repeated submission, because the first submission already had its effect. They then call this.
    pub(crate) async fn replay<T: DeserializeOwned>(&self, actor: &Actor, role: Role) -> Result<Option<T>> {
        if actor.idempotency_key.is_none() {
            return Ok(None);
        }
        let mut tx = self.db.acquire().await?;
        self.authorize(&mut tx, actor, role).await?;
        self.stored_response(&mut tx, actor).await
    }

    async fn stored_response<T: DeserializeOwned>(&self, tx: &mut ReadConnection, actor: &Actor) -> Result<Option<T>> {
        let (Some(id), organization) = (row_id(actor), &actor.organization_id) else { return Ok(None) };
        let since = self.clock().now() - KEY_LIFETIME;
        let Some(sealed) = idempotency::response(tx, organization, &id, since).await? else { return Ok(None) };
        let json = self.vault.decrypt(organization, Field::IdempotentResponse, &sealed)?;
        serde_json::from_slice(json.expose()).map(Some).map_err(|_| Error::Inconsistent("an idempotent response of another type"))
    }
}

/// The primary key of the stored idempotency key. It includes the organization and the user, so that equal forms of different
/// users do not collide.
fn row_id(actor: &Actor) -> Option<String> {
    let key = actor.idempotency_key.as_ref()?;
    Some(hex(&key.and(actor.organization_id.as_str().as_bytes()).and(actor.user_id.as_str().as_bytes()).0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_content_gives_a_different_key() {
        let key = IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=a"]);
        assert_eq!(key, IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=a"]));
        for other in [
            IdempotencyKey::new("g", &[b"/actions/create_api_token", b"name=a"]),
            IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=b"]),
            IdempotencyKey::new("f", &[b"/actions/create_api_tokenn", b"ame=a"]),
            key.and(b""),
        ] {
            assert_ne!(key, other);
        }
    }
}
