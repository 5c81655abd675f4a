//! The people of an organization: invite, change, remove.

use super::{Actor, SignedIn};
use crate::{
    domain::{
        ids::UserId,
        page::{Page, PageRequest},
        people::{Invitation, Invited, Role, User},
    },
    hub::{Hub, Result},
    secret::Secret,
};

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
    pub async fn users(&self, _actor: &Actor, _page: &PageRequest) -> Result<Page<User>> {
        unimplemented!()
    }
    /// Adds a person, who chooses a password at the address that is returned.
    pub async fn invite_user(&self, _actor: &Actor, _user: NewUser) -> Result<Invited> {
        unimplemented!()
    }
    /// Changes a person. A changed role or a disabled person ends that person's sessions.
    pub async fn update_user(&self, _actor: &Actor, _id: &UserId, _change: UserChange) -> Result<User> {
        unimplemented!()
    }
    /// Removes a person with sessions and tokens.
    pub async fn remove_user(&self, _actor: &Actor, _id: &UserId) -> Result<()> {
        unimplemented!()
    }
    /// The invitation of a link, while it can be accepted.
    pub async fn invitation(&self, _token: &Secret<String>) -> Result<Option<Invitation>> {
        unimplemented!()
    }
    /// Sets the invited person's password and signs that person in. Works once.
    pub async fn accept_invitation(&self, _token: &Secret<String>, _password: Secret<String>) -> Result<SignedIn> {
        unimplemented!()
    }
}
