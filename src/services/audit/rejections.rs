//! Refused requests of signed-in users, counted in memory and written to the audit log once a minute: a user who tries every address
//! causes few lines, and a refused request never waits for the database.

use crate::{
    db::{self, audit::activity::NewActivity, is_about_rows},
    domain::{
        contract::timeline::ActivityKind,
        ids::{OrganizationId, UserId},
        time::Timestamp,
    },
    hub::{Error, Hub, Result},
    request_context::RequestContext,
    services::Actor,
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

const MINUTE_MILLIS: i64 = 60_000;
/// How many organizations have counts at once. Rejections of further ones are only counted in the metrics.
const MAX_ORGANIZATIONS: usize = 1_024;
/// How many combinations of user, route and minute each organization has at once. Further ones share one line.
const MAX_COUNTS: usize = 32;
const SEVERAL_USERS: &str = "Several users";

/// Counts that are not written yet.
#[derive(Default)]
pub(crate) struct Rejections(Mutex<HashMap<OrganizationId, Refused>>);

#[derive(Default)]
struct Refused {
    counts: HashMap<Place, Count>,
    /// Rejections beyond `MAX_COUNTS`, and the minute of the first of them.
    others: Option<(i64, Count)>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    user_id: UserId,
    route: String,
    minute: i64,
}

/// The number of refusals, and details of the latest.
struct Count {
    number: u64,
    at: Timestamp,
    actor: String,
    via: String,
    from: RequestContext,
}

impl Count {
    fn add(&mut self, other: Self) {
        *self = Self { number: self.number + other.number, ..other };
    }
}

impl Refused {
    fn add(&mut self, place: Place, count: Count) {
        let is_full = self.counts.len() >= MAX_COUNTS;
        match self.counts.get_mut(&place) {
            Some(before) => before.add(count),
            None if !is_full => drop(self.counts.insert(place, count)),
            None => self.add_other(place.minute, count),
        }
    }

    fn add_other(&mut self, minute: i64, count: Count) {
        match &mut self.others {
            Some((_, others)) => others.add(count),
            None => self.others = Some((minute, count)),
        }
    }

    /// Removes and returns the counts from before a minute.
    fn take_before(&mut self, minute: i64) -> Self {
        let counts = self.counts.extract_if(|place, _| place.minute < minute).collect();
        Self { counts, others: self.others.take_if(|(first, _)| *first < minute) }
    }

    fn number(&self) -> u64 {
        self.counts.values().chain(self.others.as_ref().map(|(_, count)| count)).map(|count| count.number).sum()
    }

    fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.others.is_none()
    }
}

impl Rejections {
    fn add(&self, organization: &OrganizationId, refused: Refused) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_ORGANIZATIONS && !all.contains_key(organization) {
            metrics::counter!("lexicontract_refusals_not_recorded_total").increment(refused.number());
            return;
        }
        let kept = all.entry(organization.clone()).or_default();
        refused.counts.into_iter().for_each(|(place, count)| kept.add(place, count));
        if let Some((minute, count)) = refused.others {
            kept.add_other(minute, count);
        }
    }

    fn take_before(&self, minute: i64) -> Vec<(OrganizationId, Refused)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.iter_mut().map(|(organization, refused)| (organization.clone(), refused.take_before(minute)));
        let taken = taken.filter(|(_, refused)| !refused.is_empty()).collect();
        all.retain(|_, refused| !refused.is_empty());
        taken
    }
}

fn minute_of(time: Timestamp) -> i64 {
    time.millis().div_euclid(MINUTE_MILLIS)
}

impl Hub {
    /// Counts a refused request of a signed-in user. `route` is a pattern and not a path: it has no ids.
    pub fn record_rejection(&self, actor: &Actor, route: String) {
        let at = self.clock().now();
        let count = Count {
            number: 1,
            at,
            actor: actor.name.clone(),
            via: actor.via.as_str().to_owned(),
            from: RequestContext::current(),
        };
        let place = Place { user_id: actor.user_id.clone(), route, minute: minute_of(at) };
        self.rejections.add(&actor.organization_id, Refused { counts: [(place, count)].into(), others: None });
    }

    /// Writes the counts of minutes that have ended.
    ///
    /// # Errors
    /// The database did not answer. What was not written is tried again.
    pub async fn write_rejections(&self) -> Result<()> {
        self.write_rejections_before(minute_of(self.clock().now())).await
    }

    /// Writes all counts; for the shutdown.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn write_all_rejections(&self) -> Result<()> {
        self.write_rejections_before(i64::MAX).await
    }

    async fn write_rejections_before(&self, minute: i64) -> Result<()> {
        let mut outcome = Ok(());
        for (organization, refused) in self.rejections.take_before(minute) {
            match self.write_refused(&organization, &refused).await {
                Err(Error::Database(error)) if !is_about_rows(&error) => {
                    self.rejections.add(&organization, refused);
                    outcome = Err(error.into());
                }
                // Such as an organization that was removed: a retry would fail again.
                Err(error) => outcome = Err(error),
                Ok(()) => {}
            }
        }
        outcome
    }

    async fn write_refused(&self, organization: &OrganizationId, refused: &Refused) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for (place, count) in &refused.counts {
            let summary = format!("{} was refused {} on {}", count.actor, times(count.number), place.route);
            let line = NewActivity::new(organization, ActivityKind::Refused, &count.actor, summary, count.at);
            let line = line.by(&place.user_id).via(&count.via);
            count.from.clone().scope(db::audit::activity::insert(&mut tx, line)).await?;
        }
        if let Some((_, count)) = &refused.others {
            let summary = format!("Requests were refused {} on other routes", times(count.number));
            let line = NewActivity::new(organization, ActivityKind::Refused, SEVERAL_USERS, summary, count.at);
            count.from.clone().scope(db::audit::activity::insert(&mut tx, line)).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn times(number: u64) -> String {
    if number == 1 { "once".to_owned() } else { format!("{number} times") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::new_id;

    fn refuse(rejections: &Rejections, organization: &OrganizationId, route: usize, minute: i64) {
        let at = Timestamp::from_millis(minute * MINUTE_MILLIS);
        let count = Count { number: 1, at, actor: "Ada".into(), via: "ses_1".into(), from: RequestContext::default() };
        let place = Place { user_id: UserId::from_suffix("ada"), route: format!("GET /{route}"), minute };
        rejections.add(organization, Refused { counts: [(place, count)].into(), others: None });
    }

    #[test]
    fn refusals_beyond_the_bound_share_a_line_and_leave_other_organizations_alone() {
        let (rejections, loud, quiet) = (Rejections::default(), new_id(), new_id());
        for route in 0..10_000 {
            refuse(&rejections, &loud, route, 1);
        }
        refuse(&rejections, &quiet, 0, 1);
        refuse(&rejections, &quiet, 0, 1);
        let mut taken: HashMap<_, _> = rejections.take_before(2).into_iter().collect();
        let (loud, quiet) = (taken.remove(&loud).unwrap(), taken.remove(&quiet).unwrap());
        assert_eq!((loud.counts.len(), loud.others.unwrap().1.number), (MAX_COUNTS, 10_000 - MAX_COUNTS as u64));
        assert_eq!((quiet.counts.into_values().next().unwrap().number, quiet.others.is_none()), (2, true));
        assert!(rejections.0.lock().unwrap().is_empty());
    }

    #[test]
    fn the_number_of_organizations_is_bounded() {
        let rejections = Rejections::default();
        for _ in 0..2 * MAX_ORGANIZATIONS {
            refuse(&rejections, &new_id(), 0, 1);
        }
        assert_eq!(rejections.take_before(2).len(), MAX_ORGANIZATIONS);
    }

    #[test]
    fn the_counts_of_a_minute_are_taken_when_it_has_ended_and_can_be_put_back() {
        let (rejections, organization) = (Rejections::default(), new_id());
        (0..=MAX_COUNTS).for_each(|route| refuse(&rejections, &organization, route, 1));
        assert!(rejections.take_before(1).is_empty());
        refuse(&rejections, &organization, 0, 2);
        let (of, refused) = rejections.take_before(2).remove(0);
        assert_eq!(refused.counts.len(), MAX_COUNTS);
        assert!(rejections.take_before(2).is_empty());
        rejections.add(&of, refused);
        let (_, refused) = rejections.take_before(3).remove(0);
        assert_eq!(refused.number(), MAX_COUNTS as u64 + 2);
    }
}
