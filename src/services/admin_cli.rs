//! What the operator does on the command line: keys and first users.

use super::{
    audit,
    auth::{passwords, sign_in},
    validation,
};
use crate::{
    db::{
        self,
        account::organizations::{self, OrganizationRow},
        audit::activity::NewActivity,
        connections::sealed::SealedColumn,
    },
    domain::{
        account::{quota::Quota, users::Role},
        contract::timeline::ActivityKind,
        ids::OrganizationId,
        problem::Invalid,
    },
    fail_points::{Step, reach},
    hub::{Hub, Result},
    random::new_id,
    secret::Secret,
    vault::VaultError,
};

/// A person whom the operator adds.
pub struct NewOperatorUser {
    /// The organization that the person joins.
    pub organization: JoinedOrganization,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The password.
    pub password: Secret<String>,
}

/// The organization of a person whom the operator adds.
#[derive(Clone, Debug)]
pub enum JoinedOrganization {
    /// A new one of that name. Anybody can register an organization of any name, so a name never joins one.
    New(String),
    /// The one with that id.
    Existing(OrganizationId),
}

/// What became of a person whom the operator adds.
pub enum CreatedUser {
    /// The person was added to this organization.
    Added(OrganizationRow),
    /// Nothing was added: these organizations have the name already.
    NameTaken(Vec<OrganizationRow>),
    /// Nothing was added: no organization has the id.
    UnknownOrganization,
}

/// How many stored values a key of the ring opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCount {
    /// The key's place in `FERNET_KEY`, from 1; `None` for values that no key opens.
    pub key: Option<usize>,
    /// How many values it opens.
    pub values: u64,
}

/// How far a rotation of keys is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How many stored values it has looked at.
    pub done: u64,
    /// How many there were when it began; others may come and go meanwhile.
    pub all: u64,
}

/// How many values are sealed anew in one transaction: a server that runs meanwhile waits no longer than that.
const VALUES_PER_COMMIT: i64 = 100;

impl Hub {
    /// Adds a person with a password to an organization of that id, or to a new one.
    ///
    /// # Errors
    /// A field or the password cannot be used, the address is taken, or the organization has as many users as it may have.
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
        user.password_hash = Some(self.password_hasher.turn().await?.hash(new.password, known).await?);
        sign_in::insert_user(&mut tx, &user).await?;
        self.check_quotas(&mut tx, &organization, &[Quota::Users]).await?;
        let summary = format!("The operator added {} as {}", user.name, user.role.label());
        let line = NewActivity::new(&organization, ActivityKind::UserCreated, audit::OPERATOR, summary, now);
        db::audit::activity::insert(&mut tx, line).await?;
        tx.commit().await?;
        row.users += 1;
        Ok(CreatedUser::Added(row))
    }

    /// Seals every stored value with the first key. Can be stopped and started again at any time, beside running servers: a value
    /// that changes meanwhile is left alone, because whoever changed it used the first key too. `progress` hears after each commit how far
    /// it is.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn rotate_keys(&self, mut progress: impl FnMut(Rotation) + Send) -> Result<Vec<KeyCount>> {
        let mut sealed_anew = 0;
        let mut rotation = Rotation { done: 0, all: self.count_sealed().await? };
        for column in SealedColumn::ALL {
            let mut after = String::new();
            loop {
                let mut tx = self.db.begin().await?;
                let rows = column.after(&mut tx, &after, VALUES_PER_COMMIT).await?;
                let Some(last) = rows.last() else { break };
                after.clone_from(&last.id);
                for row in &rows {
                    match self.vault.rotate(&row.sealed) {
                        Ok(Some(sealed)) => sealed_anew += u64::from(column.replace(&mut tx, row, &sealed).await?),
                        Ok(None) | Err(VaultError::NoKey | VaultError::Clock | VaultError::OtherRow) => {}
                    }
                }
                reach(Step::KeysRotating);
                tx.commit().await?;
                rotation.done += rows.len() as u64;
                progress(rotation);
            }
        }
        if sealed_anew > 0 {
            self.record_keys_rotated(sealed_anew).await?;
        }
        self.count_keys().await
    }

    async fn count_sealed(&self) -> Result<u64> {
        let mut tx = self.db.read().await?;
        let mut all = 0;
        for column in SealedColumn::ALL {
            all += u64::try_from(column.count(&mut tx).await?).unwrap_or_default();
        }
        Ok(all)
    }

    /// How many stored values each key opens.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn count_keys(&self) -> Result<Vec<KeyCount>> {
        let mut counts = vec![0_u64; self.vault.key_count() + 1];
        for column in SealedColumn::ALL {
            let mut after = String::new();
            loop {
                let rows = self.sealed_after(column, &after).await?;
                let Some(last) = rows.last() else { break };
                after.clone_from(&last.id);
                for row in &rows {
                    counts[self.vault.key_of(&row.sealed).unwrap_or(self.vault.key_count())] += 1;
                }
            }
        }
        let key_count = self.vault.key_count();
        Ok(counts
            .into_iter()
            .enumerate()
            .map(|(at, values)| KeyCount { key: (at < key_count).then_some(at + 1), values })
            .collect())
    }

    async fn sealed_after(&self, column: SealedColumn, after: &str) -> Result<Vec<crate::db::connections::sealed::SealedRow>> {
        let mut tx = self.db.read().await?;
        Ok(column.after(&mut tx, after, VALUES_PER_COMMIT).await?)
    }
}
