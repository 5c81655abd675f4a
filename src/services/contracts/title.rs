//! The title of contracts.

use super::versions::MAX_TITLE_CHARACTERS;
use crate::db;
use crate::db::contracts::search_keys::SearchKeys;
use crate::db::contracts::{self as table, contract_links};
use crate::domain::account::users::Role;
use crate::domain::contract::Contract;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ContractId;
use crate::domain::problem::{Invalid, Problem};
use crate::hub::{Hub, Result};
use crate::services::{Actor, validation};

impl Hub {
    /// Changes the title. Fails with [`Problem::ChangedMeanwhile`] if `seen` is given and the current title is neither `seen` nor
    /// `title`.
    pub async fn change_title(&self, actor: &Actor, id: &ContractId, seen: Option<&str>, title: &str) -> Result<Contract> {
        actor.require(Role::Member)?;
        let title = validation::line(title, MAX_TITLE_CHARACTERS, Invalid::Title)?;
        let (organization, now) = (&actor.organization_id, self.clock().now());
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = table::find_locked(&mut tx, organization, id).await?.ok_or(Problem::NotFound)?;
        if row.title != title {
            if seen.is_some_and(|seen| seen != row.title) {
                return Err(Problem::ChangedMeanwhile.into());
            }
            let source = contract_links::source_of(&mut tx, organization, id).await?;
            let (name, party) = source.map_or((None, None), |source| (Some(source.name), source.party_name));
            let keys = SearchKeys::new(&title, name.as_deref(), party.as_deref());
            table::set_title(&mut tx, organization, id, &title, &keys, now).await?;
            let summary = format!("{} changed the title from “{}” to “{title}”", actor.name, row.title);
            db::audit::activity::insert(&mut tx, self.activity(actor, ActivityKind::TitleChanged, summary).contract(id)).await?;
        }
        self.commit_contract(tx, actor, id).await
    }
}
