//! Users that the operator of the server adds on the command line.

use super::auth::{passwords, sign_in};
use super::{audit, validation};
use crate::db::account::organizations::{self, OrganizationRow};
use crate::db::audit::activity::NewActivity;
use crate::db::{self};
use crate::domain::account::quota::Quota;
use crate::domain::account::users::Role;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::OrganizationId;
use crate::domain::problem::Invalid;
use crate::hub::{Hub, Result};
use crate::random::new_id;
use crate::secret::Secret;

pub struct NewOperatorUser {
    pub organization: JoinedOrganization,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password: Secret<String>,
}

#[derive(Clone, Debug)]
pub enum JoinedOrganization {
    /// Name of a new organization. Existing organizations are selected by id, because names are not unique.
    New(String),
    Existing(OrganizationId),
}

pub enum CreatedUser {
    Added(OrganizationRow),
    /// These organizations already have the name.
    NameTaken(Vec<OrganizationRow>),
    UnknownOrganization,
}

impl Hub {
    pub async fn create_user(&self, new: NewOperatorUser) -> Result<CreatedUser> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let organization = match &new.organization {
            JoinedOrganization::New(name) => {
                let name = validation::name(name, Invalid::OrganizationName)?;
                let taken = organizations::named(&mut tx, &name).await?;
                if !taken.is_empty() {
                    return Ok(CreatedUser::NameTaken(taken));
                }
                let id: OrganizationId = new_id();
                organizations::insert(&mut tx, &id, &name, now).await?;
                id
            }
            JoinedOrganization::Existing(id) => id.clone(),
        };
        let Some(mut row) = organizations::find(&mut tx, &organization).await? else {
            return Ok(CreatedUser::UnknownOrganization);
        };
        let mut user = validation::new_user(&organization, &new.email, &new.name, new.role, now)?;
        passwords::check_length(&new.password)?;
        let known = vec![row.name.clone(), user.name.clone(), user.email.clone()];
        user.password_hash = Some(self.password_hasher.acquire().await?.hash(new.password, known).await?);
        sign_in::insert_user(&mut tx, &user).await?;
        self.check_quotas(&mut tx, &organization, &[Quota::Users]).await?;
        let summary = format!("The operator added {} as {}", user.name, user.role.label());
        let line = NewActivity::new(&organization, ActivityKind::UserCreated, audit::OPERATOR, summary, now);
        db::audit::activity::insert(&mut tx, line).await?;
        tx.commit().await?;
        row.users += 1;
        Ok(CreatedUser::Added(row))
    }
}
