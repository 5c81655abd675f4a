//! Clients that call the webhook, repeat calls, close connections early, and change the statuses of contracts.

use crate::fixture::Fixture;
use crate::ledger::Ledger;
use loadtest::account::Account;
use loadtest::chance::Chance;
use loadtest::salesforce;
use loadtest::wire::{Answer, Wire, json_request};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Interval at which tests poll the ledger.
const PAUSE: Duration = Duration::from_millis(30);
/// Negotiation statuses, and their labels in Salesforce.
pub const STATUSES: [(&str, &str); 3] = [("in_review", "In Review"), ("approved", "Approved"), ("rejected", "Rejected")];

#[derive(Clone)]
pub struct Clients {
    addresses: Vec<SocketAddr>,
    account: Account,
    ledger: Arc<Ledger>,
    /// Ids of all Opportunities. They are created before the first call.
    opportunities: Arc<Vec<String>>,
    next: Arc<AtomicU64>,
}

impl Clients {
    /// Creates the clients, and `opportunities` Opportunities for their calls.
    pub fn new(fixture: &Fixture, ledger: &Arc<Ledger>, opportunities: usize) -> Self {
        let readable = salesforce::pdf(4_000);
        let make = |number: usize| {
            let file = if number.is_multiple_of(25) { readable.as_slice() } else { salesforce::UNREADABLE };
            salesforce::opportunity(&fixture.simulator, &format!("Deal {number}"), file)
        };
        Self {
            addresses: fixture.addresses.clone(),
            account: fixture.account.clone(),
            ledger: ledger.clone(),
            opportunities: Arc::new((0..opportunities).map(make).collect()),
            next: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Calls the webhook `rate` times per second until the time `until`.
    pub async fn call(self, mut chance: Chance, rate: u64, until: Instant) {
        let pause = Duration::from_secs(1) / u32::try_from(rate.max(1)).unwrap_or(u32::MAX);
        let mut due = Instant::now();
        while due < until {
            tokio::time::sleep_until(due.into()).await;
            let clients = self.clone();
            let own = Chance::new(chance.bits());
            // Each call is a separate task, so that a call to a killed server does not delay the other calls.
            tokio::spawn(clients.one_call(own));
            due += pause;
        }
    }

    async fn one_call(self, mut chance: Chance) {
        let Some(server) = chance.one_of(&self.addresses).copied() else { return };
        let count = if chance.once_in(5) { chance.between(2, 5) } else { 1 };
        let ids: Vec<String> = (0..count).filter_map(|_| self.opportunity(&mut chance)).collect();
        self.ledger.lines().named.extend(ids.iter().cloned());
        let request = match ids.as_slice() {
            [id] => self.account.call(id),
            ids => self.account.call_about(ids),
        };
        let Ok(mut wire) = Wire::connect(server).await else {
            self.ledger.lines().unanswered += 1;
            return;
        };
        if chance.once_in(6) {
            let length = usize::try_from(chance.between(1, request.len() as u64 + 1)).unwrap_or(1);
            drop(wire.send_and_hang_up(&request[..length.min(request.len())]).await);
            self.ledger.lines().unanswered += 1;
            return;
        }
        match wire.send(&request).await {
            Ok(answer) => self.note(&answer),
            Err(_) => self.ledger.lines().unanswered += 1,
        }
    }

    /// Returns the id of the next unused Opportunity, or sometimes the id of an Opportunity that an earlier call named.
    fn opportunity(&self, chance: &mut Chance) -> Option<String> {
        let known = self.next.load(Ordering::Relaxed);
        let number =
            if known > 0 && chance.once_in(5) { chance.between(0, known) } else { self.next.fetch_add(1, Ordering::Relaxed) };
        let number = usize::try_from(number).ok()? % self.opportunities.len();
        self.opportunities.get(number).cloned()
    }

    pub fn note(&self, answer: &Answer) {
        note_answer(&self.ledger, answer);
    }

    pub async fn change_statuses(self, mut chance: Chance, until: Instant) {
        while Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(chance.between(50, 400))).await;
            let Some(server) = chance.one_of(&self.addresses).copied() else { return };
            let Ok(mut wire) = Wire::connect(server).await else { continue };
            let Ok(list) = wire.send(&self.account.get("/api/v1/contracts?limit=50")).await else { continue };
            let items = list.json().ok().and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
            let id = chance.one_of(&items).and_then(|contract| contract["id"].as_str().map(str::to_owned));
            let Some(id) = id else { continue };
            if let Some((status, _)) = chance.one_of(&STATUSES) {
                self.change_status(&mut wire, &id, status).await;
            }
        }
    }

    async fn change_status(&self, wire: &mut Wire, id: &str, status: &str) {
        let bearer = format!("Bearer {}", self.account.token);
        let path = format!("/api/v1/contracts/{id}/status");
        // The status is unknown until the response arrives, because the server can have the old or the new status.
        self.ledger.lines().statuses.insert(id.to_owned(), None);
        let change = json_request("PUT", &path, &[("authorization", &bearer)], &json!({"negotiation_status": status}));
        if wire.send(&change).await.is_ok_and(|answer| answer.status == 200) {
            self.ledger.lines().statuses.insert(id.to_owned(), Some(status.to_owned()));
        }
    }
}

pub fn note_answer(ledger: &Ledger, answer: &Answer) {
    let mut lines = ledger.lines();
    lines.answered += 1;
    match answer.status {
        202 => {
            let body = answer.json().unwrap_or_default();
            let one = [body.clone()];
            for delivery in body["deliveries"].as_array().map_or(&one[..], Vec::as_slice) {
                if let (Value::String(id), Value::String(opportunity)) = (&delivery["delivery_id"], &delivery["opportunity_id"]) {
                    lines.accepted.insert(id.clone(), opportunity.clone());
                } else {
                    lines.wrong.push(format!("202 with {delivery}"));
                }
            }
        }
        503 if answer.header("retry-after").is_some() => lines.put_off += 1,
        status => lines.wrong.push(format!("{status}: {}", String::from_utf8_lossy(&answer.body))),
    }
}

pub async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
