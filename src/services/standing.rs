//! How connections stand: for the board, and for a connection's own page.

use super::{Actor, connections};
use crate::{
    db::{disconnections, standing as table},
    domain::{
        connection::Connection,
        disconnection::Disconnection,
        ids::{ConnectionId, DisconnectionId},
        problem::Problem,
        setup::{SetupFacts, steps},
        standing::{Standing, TestRecord, Work},
    },
    hub::{Hub, Result},
};

impl Hub {
    /// How the organization's connections stand, and those that wait for confirmation; the oldest first.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn standings(&self, actor: &Actor) -> Result<(Vec<Standing>, Vec<Connection>)> {
        let rows = table::list(&mut self.db.glance().await?, &actor.organization_id, None, self.clock().now()).await?;
        let pending = match rows.first().is_none_or(|row| row.has_pending) {
            true => self.pending_connections(actor).await?,
            false => Vec::new(),
        };
        let standings = rows.into_iter().map(|row| self.standing_view(row)).collect::<Result<_>>()?;
        Ok((standings, pending))
    }

    /// How one of them stands.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn standing(&self, actor: &Actor, id: &ConnectionId) -> Result<Standing> {
        let rows = table::list(&mut self.db.glance().await?, &actor.organization_id, Some(id), self.clock().now()).await?;
        self.standing_view(rows.into_iter().next().ok_or(Problem::NotFound)?)
    }

    /// What is under way at a connection, and how far it is.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn work(&self, actor: &Actor, id: &ConnectionId) -> Result<Work> {
        let mut tx = self.db.read().await?;
        connections::find(&mut tx, actor, id).await?;
        Ok(table::work(&mut tx, &actor.organization_id, id).await?)
    }

    /// What was granted to us, in the provider's words; empty for keys.
    ///
    /// # Errors
    /// There is no such connection, or its credentials do not open.
    pub async fn granted_scopes(&self, actor: &Actor, id: &ConnectionId) -> Result<Vec<String>> {
        let row = connections::find(&mut self.db.glance().await?, actor, id).await?;
        match connections::connector(&row)?.oauth() {
            Some(_) => Ok(self.tokens(&row)?.scopes),
            None => Ok(Vec::new()),
        }
    }

    /// The receipt of a disconnect.
    ///
    /// # Errors
    /// There is no such receipt.
    pub async fn disconnection(&self, actor: &Actor, id: &DisconnectionId) -> Result<Disconnection> {
        let mut tx = self.db.glance().await?;
        let row = disconnections::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        Ok(Disconnection {
            id: row.id,
            provider: row.provider,
            account_label: row.account_label,
            environment: row.environment,
            disconnected_by: row.disconnected_by,
            disconnected_at: row.disconnected_at,
            revocation: row.revocation,
            revoked_at: row.revoked_at,
            counts: row.counts.into(),
        })
    }

    fn standing_view(&self, row: table::StandingRow) -> Result<Standing> {
        let connected_by = row.connection.connected_by.clone();
        let connection = self.connection_view(row.connection)?;
        let test = row.test.zip(row.tested_by).zip(row.tested_at).map(|((result, tested_by), tested_at)| TestRecord {
            result: result.0,
            tested_by,
            tested_at,
        });
        let facts = SetupFacts {
            status: connection.status,
            test: test.as_ref().map(|test| &test.result),
            answered: row.answered.as_deref(),
            has_secret: row.has_secret,
            has_call: row.last_event_at.is_some(),
            has_contract: row.has_contract,
            has_write: row.last_write_at.is_some(),
        };
        let setup = if connection.has_setup() { steps(&facts) } else { Vec::new() };
        Ok(Standing {
            connection,
            connected_by,
            connected_at: row.last_connected_at,
            last_event_at: row.last_event_at,
            last_write_at: row.last_write_at,
            next_try_at: row.next_try_at,
            test,
            setup,
        })
    }
}
