//! Registration, sign-in, sign-out, and who a session or a token belongs to.

use super::Actor;
use crate::{
    domain::people::Me,
    hub::{Hub, Result},
    secret::Secret,
};

/// A new organization and its first person.
pub struct Registration {
    /// The organization's name.
    pub organization: String,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// The person's password.
    pub password: Secret<String>,
}

/// A fresh session.
pub struct SignedIn {
    /// The cookie's value.
    pub session_token: Secret<String>,
    /// The person and the organization.
    pub me: Me,
}

impl Hub {
    /// Makes an organization with its first admin, and signs that person in.
    pub async fn register(&self, _registration: Registration) -> Result<SignedIn> {
        unimplemented!()
    }
    /// Signs a person in. Unknown address and wrong password are the same problem and take the same time.
    pub async fn sign_in(&self, _email: &str, _password: Secret<String>) -> Result<SignedIn> {
        unimplemented!()
    }
    /// Ends a session on the server.
    pub async fn sign_out(&self, _session_token: &Secret<String>) -> Result<()> {
        unimplemented!()
    }
    /// Whose session it is; `None` when it has ended.
    pub async fn actor_of_session(&self, _session_token: &Secret<String>) -> Result<Option<Actor>> {
        unimplemented!()
    }
    /// Whose API token it is; `None` when it was revoked or its maker is gone.
    pub async fn actor_of_api_token(&self, _token: &Secret<String>) -> Result<Option<Actor>> {
        unimplemented!()
    }
    /// The actor's person and organization.
    pub async fn me(&self, _actor: &Actor) -> Result<Me> {
        unimplemented!()
    }
}
