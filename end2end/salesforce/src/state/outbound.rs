//! The Outbound Message of an organization: its configuration and its notifications.

use super::opportunities::Change;
use super::organization::State;
use serde::Serialize;
use std::collections::VecDeque;

const MAX_NOTIFICATIONS: usize = 20_000;

#[derive(Debug, Default, Serialize)]
pub struct Outbound {
    /// URL to which messages are sent. `None` means that the Outbound Message is not configured.
    pub url: Option<String>,
    /// Stage for which notifications are sent: an Opportunity that enters this stage adds a notification.
    pub stage: String,
    pub action_id: String,
    /// Notifications in the order of the changes. If there are too many, the oldest notification is dropped.
    pub notifications: VecDeque<Notification>,
}

/// Report of one change of an Opportunity. A notification keeps its id until it is acknowledged.
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    pub id: String,
    pub opportunity_id: String,
    /// Number of messages that contained the notification.
    pub attempts: u32,
    pub acknowledged: bool,
}

impl Outbound {
    pub fn find(&self, id: &str) -> Option<&Notification> {
        self.notifications.iter().find(|notification| notification.id == id)
    }

    /// Returns the ids of the notifications that are not acknowledged, oldest first.
    pub fn unacknowledged(&self) -> Vec<String> {
        let open = self.notifications.iter().filter(|notification| !notification.acknowledged);
        open.map(|notification| notification.id.clone()).collect()
    }

    /// Records that a message with these notifications was sent.
    pub fn record_attempt(&mut self, ids: &[String], is_acknowledged: bool) {
        for notification in self.notifications.iter_mut().filter(|notification| ids.contains(&notification.id)) {
            notification.attempts += 1;
            notification.acknowledged |= is_acknowledged;
        }
    }
}

/// Adds a notification if the Outbound Message is configured and the change moved the Opportunity to the stage of the Outbound
/// Message. Returns the id of the notification.
pub fn queue(state: &mut State, opportunity_id: &str, change: &Change) -> Option<String> {
    let outbound = &state.outbound;
    if outbound.url.is_none() || change.entered_stage.as_ref() != Some(&outbound.stage) {
        return None;
    }
    let id = state.records.new_id("04l");
    if state.outbound.notifications.len() == MAX_NOTIFICATIONS {
        state.outbound.notifications.pop_front();
    }
    let notification =
        Notification { id: id.clone(), opportunity_id: opportunity_id.to_owned(), attempts: 0, acknowledged: false };
    state.outbound.notifications.push_back(notification);
    Some(id)
}
