//! What one organization asks for waits for what it asked for before, and not for others.
//!
//! Two limits for each organization: so many requests at once, where one more waits its turn, and so many a minute. Who waits holds a
//! socket, so only so many wait, and not for long; one more is told to come back. The second limit is far above what people and triggers
//! do; it keeps a script that runs wild from taking the machine.

use crate::{api::rejection::Rejection, identity::authentication::Visitor, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use lexicontract::{
    domain::{ids::OrganizationId, problem::Problem},
    rate_limit::RateLimit,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of people and programs at once: more than the database serves at once, and few of all connections.
const REQUESTS_AT_ONCE: usize = 64;
const REQUESTS_A_MINUTE: u32 = 60_000;
/// Calls of the webhook at once: half of what the intake lets wait.
const CALLS_AT_ONCE: usize = 512;
const CALLS_A_MINUTE: u32 = 300_000;
/// Uploads at once: each holds a connection for as long as its file takes.
const UPLOADS_AT_ONCE: usize = 4;
/// How many uploads are served or wait.
const UPLOAD_PLACES: usize = 16;
/// How many are served or wait: half of the connections that the server accepts.
const PLACES: usize = 1_024;
/// How long a request waits for its turn; as long as one waits for the database.
const PATIENCE: Duration = Duration::from_secs(5);
/// Organizations that ask for nothing are forgotten once so many are known.
const FORGET_ABOVE: usize = 1_024;

/// The share of each organization.
pub struct Fairness {
    /// Of what people and programs ask for.
    pub requests: Share,
    /// Of the calls of the webhook.
    pub calls: Share,
    /// Of the uploads.
    pub uploads: Share,
}

impl Fairness {
    /// The shares; `factor` multiplies what is allowed a minute, and 0 lifts that limit.
    pub fn new(factor: f64) -> Self {
        let minute = Duration::from_secs(60);
        Self {
            requests: Share::new(REQUESTS_AT_ONCE, RateLimit::new(REQUESTS_A_MINUTE, minute, factor)),
            calls: Share::new(CALLS_AT_ONCE, RateLimit::new(CALLS_A_MINUTE, minute, factor)),
            // How many a minute is a limit of requests.
            uploads: Share { places: UPLOAD_PLACES, ..Share::new(UPLOADS_AT_ONCE, RateLimit::new(1, minute, 0.0)) },
        }
    }
}

/// How much of one kind each organization may ask for.
pub struct Share {
    at_once: usize,
    places: usize,
    patience: Duration,
    rate_limit: RateLimit<OrganizationId>,
    rooms: Mutex<HashMap<OrganizationId, Room>>,
}

/// Where the requests of one organization are, until they are answered.
struct Room {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// The right to be served; it lasts until it is dropped.
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Share {
    fn new(at_once: usize, rate_limit: RateLimit<OrganizationId>) -> Self {
        Self { at_once, places: PLACES, patience: PATIENCE, rate_limit, rooms: Mutex::default() }
    }

    /// Waits for the organization's turn.
    ///
    /// # Errors
    /// The organization has used up its minute, too many of its requests wait, or this one has waited too long.
    pub async fn take(&self, organization: &OrganizationId) -> Result<Turn, Problem> {
        let taken = match self.rate_limit.spend(organization) {
            true => self.wait(organization).await.ok_or(Problem::Unavailable),
            false => Err(Problem::TooManyRequests),
        };
        if taken.is_err() {
            metrics::counter!("lexicontract_organization_limit_total").increment(1);
        }
        taken
    }

    async fn wait(&self, organization: &OrganizationId) -> Option<Turn> {
        let (place, turns) = self.enter(organization)?;
        let turn = tokio::time::timeout(self.patience, turns.acquire_owned()).await.ok()?.ok()?;
        Some(Turn { _place: place, _turn: turn })
    }

    fn enter(&self, organization: &OrganizationId) -> Option<(OwnedSemaphorePermit, Arc<Semaphore>)> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.len() > FORGET_ABOVE {
            // Whoever waits or works holds a second reference.
            rooms.retain(|_, room| Arc::strong_count(&room.places) > 1);
        }
        let room = rooms.entry(organization.clone()).or_insert_with(|| Room {
            places: Arc::new(Semaphore::new(self.places)),
            turns: Arc::new(Semaphore::new(self.at_once)),
        });
        Some((room.places.clone().try_acquire_owned().ok()?, room.turns.clone()))
    }
}

/// Lets each organization have its share. Strangers have other limits.
pub async fn share(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let Some(organization) = visitor.and_then(|visitor| visitor.0.as_ref()).map(|actor| actor.organization_id.clone()) else {
        return next.run(request).await;
    };
    match state.fairness.requests.take(&organization).await {
        Ok(_turn) => next.run(request).await,
        Err(problem) => Rejection::of(&request).answer(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use lexicontract::random::new_id;

    #[tokio::test]
    async fn who_asks_for_too_much_at_once_waits_and_others_do_not() {
        let share = Share::new(2, RateLimit::new(100, Duration::from_secs(60), 1.0));
        let (loud, quiet) = (new_id(), new_id());
        let first = share.take(&loud).await.unwrap();
        let _second = share.take(&loud).await.unwrap();
        let mut third = Box::pin(share.take(&loud));
        assert!(third.as_mut().now_or_never().is_none(), "both turns are taken");
        assert!(share.take(&quiet).now_or_never().unwrap().is_ok());
        drop(first);
        assert!(third.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn only_so_many_wait_and_nobody_for_long() {
        let rate_limit = RateLimit::new(100, Duration::from_secs(60), 1.0);
        let share = Share { places: 2, patience: Duration::from_millis(20), ..Share::new(1, rate_limit) };
        let loud = new_id();
        let _first = share.take(&loud).await.unwrap();
        let mut second = Box::pin(share.take(&loud));
        assert!(second.as_mut().now_or_never().is_none(), "it waits");
        let third = share.take(&loud).now_or_never().unwrap();
        assert_eq!(third.err(), Some(Problem::Unavailable), "every place is taken");
        assert_eq!(second.await.err(), Some(Problem::Unavailable), "it has waited too long");
        let mut later = Box::pin(share.take(&loud));
        assert!(later.as_mut().now_or_never().is_none(), "there is a place again, but no turn");
    }

    #[tokio::test]
    async fn who_has_used_up_the_minute_is_told_and_others_are_not() {
        let share = Share::new(2, RateLimit::new(3, Duration::from_secs(86_400), 1.0));
        let (loud, quiet) = (new_id(), new_id());
        for _ in 0..3 {
            assert!(share.take(&loud).await.is_ok());
        }
        assert_eq!(share.take(&loud).await.err(), Some(Problem::TooManyRequests));
        assert!(share.take(&quiet).await.is_ok());
    }

    #[tokio::test]
    async fn organizations_that_ask_for_nothing_are_forgotten() {
        let share = Share::new(1, RateLimit::new(1, Duration::from_secs(60), 0.0));
        let busy = new_id();
        let _turn = share.take(&busy).await;
        for _ in 0..=FORGET_ABOVE {
            drop(share.take(&new_id()).await);
        }
        drop(share.take(&new_id()).await);
        let kept = share.rooms.lock().unwrap();
        assert!(kept.len() < 10 && kept.contains_key(&busy), "{}", kept.len());
    }
}
