use crate::pages::prelude::*;
use lexicontract::domain::contract::erasure::ErasureCounts;
use lexicontract::domain::contract::timeline::TimelineEntry;
use lexicontract::domain::ids::ActivityId;

const TIMELINE_LIMIT: i64 = 50;

pub(super) struct Selection {
    /// The version to show. `None` selects the newest version.
    pub version: Option<i64>,
    pub before: Option<String>,
    /// The submitted status that was not saved because of a concurrent change.
    pub unsaved: Option<NegotiationStatus>,
}

pub(super) struct ContractData {
    pub contract: Contract,
    pub version: Option<i64>,
    pub text: Option<String>,
    /// One page of the timeline, newest entry first.
    pub history: Page<(ActivityId, TimelineEntry)>,
    pub selection: Selection,
    pub may_change: bool,
    pub is_admin: bool,
    /// Connections whose deals the contract can be linked to.
    pub connections: Vec<Connection>,
    /// What an erasure would remove. Zero unless the user may erase.
    pub erasure: ErasureCounts,
    pub now: Timestamp,
    pub fingerprint: String,
}

impl ContractData {
    pub(super) async fn read(hub: &Hub, actor: &Actor, id: &ContractId, selection: Selection) -> hub::Result<Self> {
        // The fingerprint is read before the data. If the data changes in between, the next poll finds a different fingerprint.
        let fingerprint = fingerprint(hub, actor, &Subject::Contract(id.clone())).await?;
        let contract = hub.contract(actor, id).await?;
        let version = selection.version.or(contract.versions.last().map(|version| version.number));
        let text = match version {
            Some(number) => match hub.version_text(actor, id, number).await {
                // The page omits the text, and the list of versions shows why the file is withheld.
                Err(hub::Error::Problem(Problem::FileWithheld(_))) => None,
                text => text?,
            },
            None => None,
        };
        let (may_change, is_admin) = (actor.role >= Role::Member, actor.role >= Role::Admin);
        let page = PageRequest::new(Some(TIMELINE_LIMIT), selection.before.clone()).unwrap_or_default();
        Ok(Self {
            history: hub.history(actor, id, &page).await.map_err(cursor_not_found)?,
            connections: if may_change { linkable(hub.connections(actor).await?) } else { Vec::new() },
            erasure: if is_admin { hub.erasure_counts(actor, id).await? } else { ErasureCounts::default() },
            may_change,
            is_admin,
            now: hub.clock().now(),
            contract,
            version,
            text,
            selection,
            fingerprint,
        })
    }

    pub(super) fn version(&self) -> Option<&Version> {
        self.contract.versions.iter().find(|version| Some(version.number) == self.version)
    }

    pub(super) fn is_old(&self) -> bool {
        self.contract.versions.last().is_some_and(|newest| Some(newest.number) != self.version)
    }

    /// The address of this page with the timeline entries before the entry `before`. `None` shows the newest entries.
    pub(super) fn address(&self, before: Option<&str>) -> String {
        let version = self.selection.version.map(|number| number.to_string());
        with_query(&format!("/contracts/{}", self.contract.id), [("version", version.as_deref()), ("before", before)])
    }
}

/// Selects the connections that have deals and are in use.
fn linkable(connections: Vec<Connection>) -> Vec<Connection> {
    let has_deals = |connection: &Connection| {
        connectors::find(&connection.integration.slug).is_some_and(|connector| connector.deals.is_some())
    };
    let is_linkable =
        |connection: &Connection| connection.is_enabled && connection.confirmation.is_none() && has_deals(connection);
    connections.into_iter().filter(is_linkable).collect()
}

/// Maps an invalid cursor, for example in an old bookmark, to [`Problem::NotFound`].
pub(super) fn cursor_not_found(error: hub::Error) -> hub::Error {
    match error {
        hub::Error::Problem(Problem::Invalid(Invalid::Cursor)) => Problem::NotFound.into(),
        error => error,
    }
}
