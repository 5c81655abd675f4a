use super::rows::{NOW, Place, after};
use crate::databases::on_every_database;
use lexicontract::{
    db::{
        Db, Tx,
        jobs::{
            self, JobRow, NewJob,
            claim::{self, Claim, Wanted, analysis},
        },
    },
    domain::{ids::JobId, time::Timestamp},
    random::new_id,
};
use std::time::Duration;

/// How often two servers claim at the same moment.
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
async fn the_organization_that_has_waited_longest_goes_first_and_a_second_slot_is_for_when_none_waits() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm, late] = places(&mut tx).await;
        for number in 0..4 {
            queue(&mut tx, &loud, &format!("loud {number}"), NOW).await;
        }
        queue(&mut tx, &late, "late", after(2)).await;
        queue(&mut tx, &calm, "calm", after(1)).await;
        let first = take(&mut tx, after(5)).await.unwrap();
        assert_eq!(first.organization_id, loud.organization, "it has waited since the beginning");
        assert_eq!(subject(&mut tx, after(6)).await.as_deref(), Some("calm"));
        assert_eq!(subject(&mut tx, after(7)).await.as_deref(), Some("late"));
        let second = take(&mut tx, after(8)).await.unwrap();
        assert_eq!(second.organization_id, loud.organization, "none waits without a slot");
        for job in [&first, &second] {
            assert!(jobs::complete(&mut tx, job).await.unwrap());
        }
        // Since the last turn of the loud one, another document of the calm one has waited longer.
        queue(&mut tx, &calm, "calm again", after(7)).await;
        jobs::end_all_claims(&mut tx, after(9)).await.unwrap();
        let next: Vec<_> = [take(&mut tx, after(9)).await, take(&mut tx, after(9)).await, take(&mut tx, after(9)).await]
            .into_iter()
            .map(|job| job.unwrap().organization_id)
            .collect();
        assert_eq!(next, [&calm, &late, &loud].map(|place| place.organization.clone()), "by their last turns");
    })
    .await;
}

#[tokio::test]
async fn the_younger_of_two_analyses_is_preempted_once_and_the_attempt_does_not_count() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm] = places(&mut tx).await;
        queue(&mut tx, &loud, "older", NOW).await;
        queue(&mut tx, &loud, "younger", NOW + Duration::from_millis(1)).await;
        let (older, younger) = (take(&mut tx, after(1)).await.unwrap(), take(&mut tx, after(2)).await.unwrap());
        assert!(!must_yield(&mut tx, &younger, after(3)).await, "none waits");
        queue(&mut tx, &loud, "third", after(3)).await;
        queue(&mut tx, &calm, "calm", after(9)).await;
        assert!(!must_yield(&mut tx, &younger, after(8)).await, "that of the calm one is not due");
        assert!(!must_yield(&mut tx, &older, after(9)).await);
        assert!(must_yield(&mut tx, &younger, after(9)).await);
        assert!(analysis::preempt(&mut tx, &younger, due_by(after(9)), after(9)).await.unwrap());
        assert!(!jobs::renew(&mut tx, &younger, after(99)).await.unwrap(), "its claim is over");
        assert!(!jobs::complete(&mut tx, &younger).await.unwrap());
        assert!(!must_yield(&mut tx, &younger, after(9)).await);
        let calm_job = take(&mut tx, after(9)).await.unwrap();
        assert_eq!(calm_job.subject_id, "calm");
        assert!(jobs::complete(&mut tx, &calm_job).await.unwrap());
        let third = take(&mut tx, after(10)).await.unwrap();
        assert_eq!(third.subject_id, "third", "what was preempted is queued again behind it");
        assert!(jobs::complete(&mut tx, &third).await.unwrap());
        assert!(take(&mut tx, after(11)).await.is_none(), "what cannot be stopped again gets no second slot");
        assert!(jobs::complete(&mut tx, &older).await.unwrap());
        let again = take(&mut tx, after(12)).await.unwrap();
        assert_eq!((again.subject_id.as_str(), again.attempts, again.lost_claims), ("younger", 1, 0));
        queue(&mut tx, &loud, "fourth", after(12)).await;
        let fourth = take(&mut tx, after(13)).await.unwrap();
        queue(&mut tx, &calm, "calm again", after(13)).await;
        assert!(!must_yield(&mut tx, &again, after(13)).await, "once is enough");
        assert!(must_yield(&mut tx, &fourth, after(13)).await);
    })
    .await;
}

#[tokio::test]
async fn of_many_servers_as_many_analyses_yield_as_organizations_wait() {
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
            assert!(!must_yield(&mut tx, job, after(7)).await, "none waits");
        }
    })
    .await;
}

#[tokio::test]
async fn an_analysis_whose_holder_is_gone_waits_its_turn_like_others() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let [loud, calm] = places(&mut tx).await;
        for number in 0..2 {
            queue(&mut tx, &loud, &format!("loud {number}"), NOW).await;
        }
        take(&mut tx, NOW).await.unwrap();
        jobs::end_all_claims(&mut tx, after(1)).await.unwrap();
        queue(&mut tx, &calm, "calm", after(1)).await;
        assert_eq!(take(&mut tx, after(2)).await.unwrap().organization_id, loud.organization);
        assert_eq!(subject(&mut tx, after(2)).await.as_deref(), Some("calm"));
        assert_eq!(take(&mut tx, after(2)).await.unwrap().organization_id, loud.organization);
        assert!(take(&mut tx, after(2)).await.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_claim_at_the_same_moment_take_analyses_of_two_organizations() {
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
