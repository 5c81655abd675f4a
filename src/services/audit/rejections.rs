//! Counts of rejected requests of signed-in users. The server keeps the counts of a minute in memory, and writes them to the
//! audit log when the minute has ended. A user who tries many forbidden routes therefore causes few entries, and a rejected
//! request does not wait for the database.

use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::time::Timestamp;
use crate::request_context::RequestContext;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const MINUTE_MILLIS: i64 = 60_000;
/// Maximum number of organizations with pending counts. Rejections of further organizations are counted only in a metric.
const MAX_ORGANIZATIONS: usize = 1_024;
/// Maximum number of pending counts per organization. Each count is for one user, route and minute. Further rejections are added
/// to one shared count.
const MAX_COUNTS: usize = 32;

/// Counts that are not written to the audit log yet.
#[derive(Default)]
pub(crate) struct Rejections(Mutex<HashMap<OrganizationId, Vec<Count>>>);

/// The number of rejections with the same user, route and minute, and the details of the latest rejection.
pub(super) struct Count {
    /// `None` in the shared count of an organization. The `minute` of the shared count is the minute of its first rejection.
    pub(super) target: Option<Target>,
    pub(super) minute: i64,
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) via: String,
    pub(super) context: RequestContext,
}

#[derive(PartialEq)]
pub(super) struct Target {
    pub(super) user_id: UserId,
    pub(super) route: String,
}

fn add(counts: &mut Vec<Count>, mut count: Count) {
    let is_same =
        |other: &Count, count: &Count| other.target == count.target && (other.minute == count.minute || count.target.is_none());
    let is_known = counts.iter().any(|other| is_same(other, &count));
    if !is_known && counts.iter().filter(|other| other.target.is_some()).count() >= MAX_COUNTS {
        count.target = None;
    }
    match counts.iter_mut().find(|other| is_same(other, &count)) {
        Some(other) => *other = Count { number: other.number + count.number, minute: other.minute, ..count },
        None => counts.push(count),
    }
}

impl Rejections {
    pub(super) fn add(&self, organization: &OrganizationId, counts: Vec<Count>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_ORGANIZATIONS && !all.contains_key(organization) {
            let number = counts.iter().map(|count| count.number).sum();
            metrics::counter!("lexicontract_refusals_not_recorded_total").increment(number);
            return;
        }
        let kept = all.entry(organization.clone()).or_default();
        counts.into_iter().for_each(|count| add(kept, count));
    }

    /// Drops the counts of an organization.
    pub(crate) fn forget(&self, organization: &OrganizationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(organization);
    }

    pub(super) fn take_before(&self, minute: i64) -> Vec<(OrganizationId, Vec<Count>)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let take = |counts: &mut Vec<Count>| counts.extract_if(.., |count| count.minute < minute).collect::<Vec<_>>();
        let taken = all.iter_mut().map(|(organization, counts)| (organization.clone(), take(counts)));
        let taken = taken.filter(|(_, counts)| !counts.is_empty()).collect();
        all.retain(|_, counts| !counts.is_empty());
        taken
    }
}

pub(super) fn minute_of(time: Timestamp) -> i64 {
    time.millis().div_euclid(MINUTE_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::new_id;

    fn reject(rejections: &Rejections, organization: &OrganizationId, route: usize, minute: i64) {
        let count = Count {
            target: Some(Target { user_id: UserId::from_suffix("ada"), route: format!("GET /{route}") }),
            minute,
            number: 1,
            at: Timestamp::from_millis(minute * MINUTE_MILLIS),
            actor: "Ada".into(),
            via: "ses_1".into(),
            context: RequestContext::default(),
        };
        rejections.add(organization, vec![count]);
    }

    fn numbers(counts: &[Count]) -> Vec<u64> {
        counts.iter().map(|count| count.number).collect()
    }

    #[test]
    fn rejections_beyond_the_bound_share_a_line_per_organization() {
        let (rejections, loud, quiet) = (Rejections::default(), new_id(), new_id());
        for route in 0..10_000 {
            reject(&rejections, &loud, route, 1);
        }
        reject(&rejections, &quiet, 0, 1);
        reject(&rejections, &quiet, 0, 1);
        let mut taken: HashMap<_, _> = rejections.take_before(2).into_iter().collect();
        let (loud, quiet) = (taken.remove(&loud).unwrap(), taken.remove(&quiet).unwrap());
        let (others, single): (Vec<_>, Vec<_>) = loud.into_iter().partition(|count| count.target.is_none());
        assert_eq!(numbers(&single), [1; MAX_COUNTS]);
        assert_eq!(numbers(&others), [10_000 - MAX_COUNTS as u64]);
        assert_eq!(numbers(&quiet), [2]);
        assert!(quiet[0].target.is_some());
        assert!(rejections.0.lock().unwrap().is_empty());
    }

    #[test]
    fn the_number_of_organizations_is_bounded() {
        let rejections = Rejections::default();
        for _ in 0..2 * MAX_ORGANIZATIONS {
            reject(&rejections, &new_id(), 0, 1);
        }
        assert_eq!(rejections.take_before(2).len(), MAX_ORGANIZATIONS);
    }

    #[test]
    fn counts_are_taken_after_their_minute_and_can_be_put_back() {
        let (rejections, organization) = (Rejections::default(), new_id());
        (0..=MAX_COUNTS).for_each(|route| reject(&rejections, &organization, route, 1));
        assert!(rejections.take_before(1).is_empty());
        reject(&rejections, &organization, 0, 2);
        let (of, counts) = rejections.take_before(2).remove(0);
        assert_eq!(counts.iter().filter(|count| count.target.is_some()).count(), MAX_COUNTS);
        assert!(rejections.take_before(2).is_empty());
        rejections.add(&of, counts);
        let (_, counts) = rejections.take_before(3).remove(0);
        assert_eq!(numbers(&counts).iter().sum::<u64>(), MAX_COUNTS as u64 + 2);
    }
}
