//! One effect for a form that arrives twice, as after a double click in a browser without script.
//!
//! A form carries an id of its own, made when its page was. What it asks for is done in the transaction that notes the post, so that of
//! two at the same moment one does it, and the other waits for it and gives the same answer. The answer is kept sealed for some minutes:
//! it may be a secret that is shown once.

use crate::{
    db::{ReadConnection, Tx, account::organizations, auth::idempotency},
    domain::{account::users::Role, time::Timestamp},
    hub::{Error, Hub, Result},
    random::hex,
    services::Actor,
    vault::Field,
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::{ops::Deref, time::Duration};

/// How long a post is remembered: longer than anybody clicks twice.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(10 * 60);

/// One post of one form, as it was filled in. The same form filled in otherwise, as after a way back in the browser, is another post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey([u8; 32]);

impl IdempotencyKey {
    /// The post of the form with this id; `content` is where it was sent to, and everything that was in it.
    pub fn new(form_id: &str, content: &[&[u8]]) -> Self {
        content.iter().fold(Self(Sha256::digest(form_id).into()), |post, part| post.and(part))
    }

    /// The same post, of which more is known now.
    #[must_use]
    pub fn and(&self, content: &[u8]) -> Self {
        let part: [u8; 32] = Sha256::digest(content).into();
        Self(Sha256::digest([self.0, part].concat()).into())
    }

    /// Under what it is noted: nobody else's post has the same.
    fn row_id(&self, actor: &Actor) -> String {
        hex(&self.and(actor.organization_id.as_str().as_bytes()).and(actor.user_id.as_str().as_bytes()).0)
    }
}

/// A user and, for a form, its idempotency key. Without a key, each call has an effect.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// With what.
    pub form_post: Option<&'a IdempotencyKey>,
}

impl<'a> From<&'a Actor> for Submission<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self { actor, form_post: None }
    }
}

impl<'a> From<&'a Sender> for Submission<'a> {
    fn from(Sender { actor, form_post }: &'a Sender) -> Self {
        Self { actor, form_post: form_post.as_ref() }
    }
}

/// The owned form of [`Submission`].
#[derive(Clone, Debug)]
pub struct Sender {
    /// Who.
    pub actor: Actor,
    /// The post; `None` where it carries no id, as of a program.
    pub form_post: Option<IdempotencyKey>,
}

impl Deref for Sender {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

/// What there is to do for a post.
pub(crate) enum Begun<T> {
    /// Everything, in this transaction, which [`Hub::commit_idempotent`] ends.
    First(Tx),
    /// Nothing: it was done, and this was the answer.
    Again(T),
}

impl Hub {
    /// Begins what is done once for each form that is posted, for an actor who has at least this role now. Without a form it is done
    /// each time.
    pub(crate) async fn begin_idempotent<T: DeserializeOwned>(&self, submission: Submission<'_>, role: Role) -> Result<Begun<T>> {
        let mut tx = self.db.begin().await?;
        let is_first = self.is_first_post(&mut tx, submission).await?;
        self.authorize(&mut tx, submission.actor, role).await?;
        self.begun(tx, submission, is_first).await
    }

    /// The same for a transaction that changes users, under the organization's lock.
    pub(crate) async fn begin_idempotent_with_users<T: DeserializeOwned>(
        &self,
        submission: Submission<'_>,
        role: Role,
    ) -> Result<Begun<T>> {
        let mut tx = self.db.begin().await?;
        let is_first = self.is_first_post(&mut tx, submission).await?;
        organizations::lock(&mut tx, &submission.actor.organization_id).await?;
        self.authorize(&mut tx, submission.actor, role).await?;
        self.begun(tx, submission, is_first).await
    }

    /// Notes the post. Comes before every lock: a second post waits here until the first has ended.
    async fn is_first_post(&self, tx: &mut Tx, Submission { actor, form_post }: Submission<'_>) -> Result<bool> {
        let Some(post) = form_post else { return Ok(true) };
        let (now, person) = (self.clock().now(), (&actor.organization_id, &actor.user_id));
        Ok(idempotency::insert_if_new(tx, person, &post.row_id(actor), now, now - REMEMBERED).await?)
    }

    async fn begun<T: DeserializeOwned>(
        &self,
        mut tx: Tx,
        Submission { actor, form_post }: Submission<'_>,
        is_first: bool,
    ) -> Result<Begun<T>> {
        let Some(post) = form_post.filter(|_| !is_first) else { return Ok(Begun::First(tx)) };
        let answer = self.answer(&mut tx, actor, &post.row_id(actor), self.clock().now()).await?;
        answer.map(Begun::Again).ok_or(Error::Inconsistent("a post that was noted without its answer"))
    }

    /// Makes the effect durable, and with it what is answered to the same post again.
    pub(crate) async fn commit_idempotent<T: Serialize>(
        &self,
        mut tx: Tx,
        Submission { actor, form_post }: Submission<'_>,
        answer: &T,
    ) -> Result<()> {
        if let Some(post) = form_post {
            let json = serde_json::to_vec(answer).map_err(|_| Error::Inconsistent("an answer that cannot be written"))?;
            let sealed = self.vault.encrypt(&actor.organization_id, Field::FormAnswer, &json);
            idempotency::set_answer(&mut tx, &actor.organization_id, &post.row_id(actor), &sealed).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What was answered to the same post before. For what is looked at before it is begun, and looks different after the effect.
    pub(crate) async fn answered<T: DeserializeOwned>(&self, submission: Submission<'_>, role: Role) -> Result<Option<T>> {
        let Submission { actor, form_post } = submission;
        let Some(post) = form_post else { return Ok(None) };
        let mut tx = self.db.acquire().await?;
        self.authorize(&mut tx, submission.actor, role).await?;
        self.answer(&mut tx, actor, &post.row_id(actor), self.clock().now()).await
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        tx: &mut ReadConnection,
        actor: &Actor,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<T>> {
        let organization = &actor.organization_id;
        let Some(sealed) = idempotency::answer(tx, organization, id, now - REMEMBERED).await? else { return Ok(None) };
        let json = self.vault.decrypt(organization, Field::FormAnswer, &sealed)?;
        serde_json::from_slice(json.expose()).map(Some).map_err(|_| Error::Inconsistent("an answer in an unknown form"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_form_filled_in_otherwise_is_another_post() {
        let post = IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=a"]);
        assert_eq!(post, IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=a"]));
        for other in [
            IdempotencyKey::new("g", &[b"/actions/create_api_token", b"name=a"]),
            IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=b"]),
            IdempotencyKey::new("f", &[b"/actions/create_api_tokenn", b"ame=a"]),
            post.and(b""),
        ] {
            assert_ne!(post, other);
        }
    }
}
