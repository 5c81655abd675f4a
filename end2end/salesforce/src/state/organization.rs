//! A simulated organization. One lock protects its settings, records, tokens and logs.

use super::calls::Calls;
use super::faults::Faults;
use super::logs::{Log, OutboundEntry, RequestEntry, RevocationEntry, WebhookEntry, WriteEntry};
use super::outbound::Outbound;
use super::records::Records;
use super::schema::StatusField;
use super::schema::visibility::{Hidden, View};
use super::seed;
use crate::clock::{record_time, salesforce_time};
use crate::oauth::grants::Grants;
use crate::oauth::settings::Settings;
use crate::options::{ConnectedApp, Options, Webhook};
use crate::rest::cursors::Cursor;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Simulates the login host login.salesforce.com.
    Production,
    /// Simulates the login host test.salesforce.com.
    Sandbox,
}

impl Environment {
    pub fn name(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Sandbox => "sandbox",
        }
    }
}

#[derive(Debug)]
pub struct Organization {
    pub environment: Environment,
    /// URL of the organization's listener, without a trailing slash.
    pub url: String,
    pub options: Options,
    pub http: reqwest::Client,
    numbers: Arc<AtomicU64>,
    state: Mutex<State>,
    called: Notify,
}

#[derive(Debug)]
pub struct State {
    pub organization_id: String,
    pub user_id: String,
    pub apps: Vec<ConnectedApp>,
    pub settings: Settings,
    pub grants: Grants,
    pub records: Records,
    pub status_field: StatusField,
    pub hidden: Hidden,
    /// False if the connected user is not allowed to create files and versions.
    pub can_create_files: bool,
    pub webhook: Webhook,
    pub trigger_stage: String,
    pub outbound: Outbound,
    pub cursors: VecDeque<Cursor>,
    pub page_size: usize,
    /// Number of API calls that have been used, and maximum number of API calls per day.
    pub api_usage: (u64, u64),
    pub faults: Faults,
    pub calls: Calls,
    pub requests: Log<RequestEntry>,
    pub webhook_calls: Log<WebhookEntry>,
    pub outbound_messages: Log<OutboundEntry>,
    pub writes: Log<WriteEntry>,
    pub revocations: Log<RevocationEntry>,
}

impl Organization {
    /// Creates an organization. Production and sandbox share the request counter `numbers`.
    pub fn new(environment: Environment, url: String, options: Options, http: reqwest::Client, numbers: Arc<AtomicU64>) -> Self {
        let state = Mutex::new(State::seeded(environment, &options));
        Organization { environment, url, options, http, numbers, state, called: Notify::new() }
    }

    /// Locks the state. Callers must not hold the guard across an `.await`.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reset(&self) {
        *self.state() = State::seeded(self.environment, &self.options);
    }

    pub fn log_webhook_call(&self, entry: WebhookEntry) {
        self.state().webhook_calls.push(entry);
        self.called.notify_waiters();
    }

    /// Waits until the log contains at least `count` webhook calls of the trigger. Returns all logged calls, oldest first.
    pub async fn webhook_calls(&self, count: usize) -> Vec<WebhookEntry> {
        loop {
            let called = self.called.notified();
            let calls: Vec<_> = self.state().webhook_calls.entries().cloned().collect();
            if calls.len() >= count {
                return calls;
            }
            called.await;
        }
    }

    pub fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub fn now(&self) -> String {
        salesforce_time(self.options.clock.now())
    }

    /// Returns the present time in the format and with the resolution of record times.
    pub fn record_time(&self) -> String {
        record_time(self.options.clock.now())
    }

    pub fn now_milliseconds(&self) -> i64 {
        self.options.clock.now().timestamp_millis()
    }
}

impl State {
    /// Returns what the connected user can see of the schema.
    pub fn view(&self) -> View<'_> {
        View { status_field: self.status_field, hidden: &self.hidden }
    }

    fn seeded(environment: Environment, options: &Options) -> Self {
        let instance = match environment {
            Environment::Production => "ak0",
            Environment::Sandbox => "Ox0",
        };
        let mut state = State {
            organization_id: String::new(),
            user_id: String::new(),
            apps: options.apps.clone(),
            settings: Settings::from_options(options),
            grants: Grants::default(),
            records: Records::new(instance),
            status_field: StatusField::default(),
            hidden: Hidden::default(),
            can_create_files: true,
            webhook: options.webhook.clone(),
            trigger_stage: "Needs Legal Review".to_owned(),
            outbound: Outbound::default(),
            cursors: VecDeque::new(),
            page_size: 2_000,
            api_usage: (0, 15_000),
            faults: Faults::default(),
            calls: Calls::default(),
            requests: Log::default(),
            webhook_calls: Log::default(),
            outbound_messages: Log::default(),
            writes: Log::default(),
            revocations: Log::default(),
        };
        state.outbound.stage.clone_from(&state.trigger_stage);
        state.outbound.action_id = state.records.new_id("04k");
        seed::fill(&mut state, environment, options.clock.now());
        state
    }
}
