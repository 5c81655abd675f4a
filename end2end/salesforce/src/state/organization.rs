//! The organization itself: settings, records, tokens and logs behind one lock.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::faults::Faults;
use super::logs::{Log, RequestEntry, RevocationEntry, WebhookEntry, WriteEntry};
use super::records::Records;
use super::schema::StatusField;
use super::seed;
use crate::clock::salesforce_time;
use crate::oauth::grants::Grants;
use crate::oauth::settings::Settings;
use crate::options::{ConnectedApp, Options, Webhook};
use crate::rest::cursors::Cursor;

/// Which of the two organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// What login.salesforce.com would serve.
    Production,
    /// What test.salesforce.com would serve.
    Sandbox,
}

impl Environment {
    /// `production` or `sandbox`.
    pub fn name(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Sandbox => "sandbox",
        }
    }
}

/// One organization with everything its handlers need.
#[derive(Debug)]
pub struct Organization {
    /// Which one.
    pub environment: Environment,
    /// The address of its own listener, without a slash at the end.
    pub url: String,
    /// What the simulator was started with.
    pub options: Options,
    /// Makes the calls of the trigger.
    pub http: reqwest::Client,
    numbers: Arc<AtomicU64>,
    state: Mutex<State>,
    called: Notify,
}

/// What changes while the simulator runs.
#[derive(Debug)]
pub struct State {
    /// The organization's own id, with 18 characters.
    pub organization_id: String,
    /// The user who consents, with 18 characters.
    pub user_id: String,
    /// Apps that may ask for access.
    pub apps: Vec<ConnectedApp>,
    /// Switches of the OAuth side.
    pub settings: Settings,
    /// Codes, grants and sessions.
    pub grants: Grants,
    /// Records and bytes.
    pub records: Records,
    /// How the status field is set up.
    pub status_field: StatusField,
    /// Where the trigger calls.
    pub webhook: Webhook,
    /// The stage that fires the trigger.
    pub trigger_stage: String,
    /// Open query cursors.
    pub cursors: VecDeque<Cursor>,
    /// The most rows of one page of a query.
    pub page_size: usize,
    /// API calls counted so far, and the most in a day.
    pub api_usage: (u64, u64),
    /// Ordered faults.
    pub faults: Faults,
    /// Requests.
    pub requests: Log<RequestEntry>,
    /// Calls of the trigger.
    pub webhook_calls: Log<WebhookEntry>,
    /// Changes over the data API.
    pub writes: Log<WriteEntry>,
    /// Revoked tokens.
    pub revocations: Log<RevocationEntry>,
}

impl Organization {
    /// A freshly seeded organization at `url`; `numbers` counts requests across organizations.
    pub fn new(environment: Environment, url: String, options: Options, http: reqwest::Client, numbers: Arc<AtomicU64>) -> Self {
        let state = Mutex::new(State::seeded(environment, &options));
        Organization { environment, url, options, http, numbers, state, called: Notify::new() }
    }

    /// The state, to read or change; never held across an await.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts everything back to how it was at the start.
    pub fn reset(&self) {
        *self.state() = State::seeded(self.environment, &self.options);
    }

    /// Notes a call of the trigger.
    pub fn note_webhook_call(&self, entry: WebhookEntry) {
        self.state().webhook_calls.push(entry);
        self.called.notify_waiters();
    }

    /// Waits until the trigger has called so many times, and answers the calls, oldest first.
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

    /// The number of the next request.
    pub fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The present, as Salesforce writes it.
    pub fn now(&self) -> String {
        salesforce_time(self.options.clock.now())
    }

    /// The present in milliseconds.
    pub fn now_milliseconds(&self) -> i64 {
        self.options.clock.now().timestamp_millis()
    }
}

impl State {
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
            webhook: options.webhook.clone(),
            trigger_stage: "Needs Legal Review".to_owned(),
            cursors: VecDeque::new(),
            page_size: 2_000,
            api_usage: (0, 15_000),
            faults: Faults::default(),
            requests: Log::default(),
            webhook_calls: Log::default(),
            writes: Log::default(),
            revocations: Log::default(),
        };
        seed::fill(&mut state, environment, options.clock.now());
        state
    }
}
