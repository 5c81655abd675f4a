//! Analysis slots: fair sharing between organizations, and preemption of running analyses.

use super::rows::{NOW, Place, after};
use lexicontract::db::jobs::claim::{self, Claim, Wanted, analysis};
use lexicontract::db::jobs::{self, JobRow, NewJob};
use lexicontract::db::{Db, Tx};
use lexicontract::domain::ids::JobId;
use lexicontract::domain::time::Timestamp;
use lexicontract::random::new_id;
use std::time::Duration;
use test_support::databases::on_every_database;

const RACES: usize = 20;

async fn queue(tx: &mut Tx, place: &Place, subject: &str, at: Timestamp) {
    let job =
        NewJob { organization_id: &place.organization, kind: "analyse", subject_id: subject, concurrency_key: None, run_at: at };
    jobs::insert(tx, &new_id(), &job, NOW).await.unwrap();
}

fn due_by(now: Timestamp) -> Timestamp {
    now - Duration::from_secs(3)
}

async fn take(tx: &mut Tx, now: Timestamp) -> Option<JobRow> {
    let lease: JobId = new_id();
    let wanted = Wanted::Analysis { due_by_when_busy: due_by(now) };
    claim::claim(tx, &Claim { wanted, lease: lease.as_str(), now, until: now + Duration::from_secs(3_600) }).await.unwrap()
}

async fn subject(tx: &mut Tx, now: Timestamp) -> Option<String> {
    take(tx, now).await.map(|job| job.subject_id)
}

async fn must_yield(tx: &mut Tx, job: &JobRow, now: Timestamp) -> bool {
    let must = analysis::must_yield(tx, job, due_by(now), now).await.unwrap();
    if !must {
        assert!(!analysis::preempt(tx, job, due_by(now), now).await.unwrap());
    }
    must
}

async fn places<const N: usize>(tx: &mut Tx) -> [Place; N] {
    let mut places = Vec::new();
    for number in 0..N {
        places.push(Place::insert(tx, &format!("organization {number}")).await);
    }
    places.try_into().ok().unwrap()
}

#[tokio::test]
async fn longest_waiting_organization_is_first_and_second_slots_require_an_empty_queue() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm, late] = places(&mut tx).await;
        for number in 0..4 {
            queue(&mut tx, &loud, &format!("loud {number}"), NOW).await;
        }
        queue(&mut tx, &late, "late", after(2)).await;
        queue(&mut tx, &calm, "calm", after(1)).await;
        let first = take(&mut tx, after(5)).await.unwrap();
        assert_eq!(first.organization_id, loud.organization, "waited longest");
        assert_eq!(subject(&mut tx, after(6)).await.as_deref(), Some("calm"));
        assert_eq!(subject(&mut tx, after(7)).await.as_deref(), Some("late"));
        let second = take(&mut tx, after(8)).await.unwrap();
        assert_eq!(second.organization_id, loud.organization, "no organization without a slot waits");
        for job in [&first, &second] {
            assert!(jobs::complete(&mut tx, job).await.unwrap());
        }
        // The calm organization queued this document a second before the loud organization got its last slot.
        queue(&mut tx, &calm, "calm again", after(7)).await;
        jobs::expire_all_claims(&mut tx, after(9)).await.unwrap();
        let next: Vec<_> = [take(&mut tx, after(9)).await, take(&mut tx, after(9)).await, take(&mut tx, after(9)).await]
            .into_iter()
            .map(|job| job.unwrap().organization_id)
            .collect();
        assert_eq!(next, [&calm, &late, &loud].map(|place| place.organization.clone()), "ordered by their last slots");
    })
    .await;
}

#[tokio::test]
async fn younger_of_two_analyses_is_preempted_once_without_counting_the_attempt() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm] = places(&mut tx).await;
        queue(&mut tx, &loud, "older", NOW).await;
        queue(&mut tx, &loud, "younger", NOW + Duration::from_millis(1)).await;
        let (older, younger) = (take(&mut tx, after(1)).await.unwrap(), take(&mut tx, after(2)).await.unwrap());
        assert!(!must_yield(&mut tx, &younger, after(3)).await, "no organization waits");
        queue(&mut tx, &loud, "third", after(3)).await;
        queue(&mut tx, &calm, "calm", after(9)).await;
        assert!(!must_yield(&mut tx, &younger, after(8)).await, "the analysis of the calm organization is not due");
        assert!(!must_yield(&mut tx, &older, after(9)).await);
        assert!(must_yield(&mut tx, &younger, after(9)).await);
        assert!(analysis::preempt(&mut tx, &younger, due_by(after(9)), after(9)).await.unwrap());
        assert!(!jobs::renew(&mut tx, &younger, after(99)).await.unwrap(), "claim ended");
        assert!(!jobs::complete(&mut tx, &younger).await.unwrap());
        assert!(!must_yield(&mut tx, &younger, after(9)).await);
        let calm_job = take(&mut tx, after(9)).await.unwrap();
        assert_eq!(calm_job.subject_id, "calm");
        assert!(jobs::complete(&mut tx, &calm_job).await.unwrap());
        let third = take(&mut tx, after(10)).await.unwrap();
        assert_eq!(third.subject_id, "third", "the preempted analysis is queued behind it");
        assert!(jobs::complete(&mut tx, &third).await.unwrap());
        assert!(take(&mut tx, after(11)).await.is_none(), "a preempted analysis gets no second slot");
        assert!(jobs::complete(&mut tx, &older).await.unwrap());
        let again = take(&mut tx, after(12)).await.unwrap();
        assert_eq!(
            (again.subject_id.as_str(), again.attempts, again.lost_claims),
            ("younger", 1, 0),
            "subject id, attempts, lost claims"
        );
        queue(&mut tx, &loud, "fourth", after(12)).await;
        let fourth = take(&mut tx, after(13)).await.unwrap();
        queue(&mut tx, &calm, "calm again", after(13)).await;
        assert!(!must_yield(&mut tx, &again, after(13)).await, "preempted at most once");
        assert!(must_yield(&mut tx, &fourth, after(13)).await);
    })
    .await;
}

#[tokio::test]
async fn one_analysis_yields_per_waiting_organization_across_servers() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm, late] = places(&mut tx).await;
        let mut running = Vec::new();
        for number in 0..4 {
            queue(&mut tx, &loud, &format!("loud {number}"), NOW).await;
            running.push(take(&mut tx, after(number)).await.unwrap());
        }
        queue(&mut tx, &calm, "calm", after(4)).await;
        queue(&mut tx, &late, "late", after(5)).await;
        let mut claimed = Vec::new();
        for _ in 0..2 {
            for number in (0..running.len()).rev() {
                if must_yield(&mut tx, &running[number], after(6)).await {
                    let job = running.remove(number);
                    assert!(analysis::preempt(&mut tx, &job, due_by(after(6)), after(6)).await.unwrap());
                    claimed.push(subject(&mut tx, after(6)).await.unwrap());
                    break;
                }
            }
        }
        assert_eq!(claimed, ["calm", "late"]);
        for job in &running {
            assert!(!must_yield(&mut tx, job, after(7)).await, "no organization waits");
        }
    })
    .await;
}

#[tokio::test]
async fn analysis_with_an_expired_claim_has_no_priority() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm] = places(&mut tx).await;
        for number in 0..2 {
            queue(&mut tx, &loud, &format!("loud {number}"), NOW).await;
        }
        take(&mut tx, NOW).await.unwrap();
        jobs::expire_all_claims(&mut tx, after(1)).await.unwrap();
        queue(&mut tx, &calm, "calm", after(1)).await;
        assert_eq!(take(&mut tx, after(2)).await.unwrap().organization_id, loud.organization);
        assert_eq!(subject(&mut tx, after(2)).await.as_deref(), Some("calm"));
        assert_eq!(take(&mut tx, after(2)).await.unwrap().organization_id, loud.organization);
        assert!(take(&mut tx, after(2)).await.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_claims_take_analyses_of_different_organizations() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm] = places(&mut tx).await;
        tx.commit().await.unwrap();
        for race in 0..RACES {
            let mut tx = opened.db.begin().await.unwrap();
            for number in 0..2 {
                queue(&mut tx, &loud, &format!("loud {race} {number}"), NOW).await;
            }
            queue(&mut tx, &calm, &format!("calm {race}"), after(1)).await;
            tx.commit().await.unwrap();
            let claims = [opened.db.clone(), opened.db.clone()].map(|db| tokio::spawn(claim_one(db)));
            let mut claimed = Vec::new();
            for claim in claims {
                claimed.push(claim.await.unwrap());
            }
            let mut tx = opened.db.begin().await.unwrap();
            assert_ne!(claimed[0].organization_id, claimed[1].organization_id, "race {race}");
            claimed.push(take(&mut tx, after(2)).await.unwrap());
            for job in &claimed {
                assert!(jobs::complete(&mut tx, job).await.unwrap());
            }
            tx.commit().await.unwrap();
        }
    })
    .await;
}

async fn claim_one(db: Db) -> JobRow {
    let mut tx = db.begin().await.unwrap();
    let claimed = take(&mut tx, after(2)).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}
