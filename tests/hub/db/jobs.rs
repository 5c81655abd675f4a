use super::rows::{NOW, Place, after};
use crate::databases::{Opened, on_every_database};
use lexicontract::{
    db::{
        Db, Held, Tx, is_unique_violation,
        jobs::{
            self, JobRow, NewJob,
            claim::{self, Claim, Wanted},
        },
    },
    domain::{
        ids::{ConnectionId, JobId, OrganizationId},
        time::Timestamp,
    },
    random::new_id,
};
use std::{collections::HashMap, time::Duration};

const JOBS: usize = 300;
const CLAIMERS: usize = 8;
const JOB: Wanted = Wanted::Job { key_limit: 3 };

async fn queue(
    tx: &mut Tx,
    place: &Place,
    kind: &'static str,
    subject: &str,
    concurrency_key: Option<&ConnectionId>,
    at: Timestamp,
) -> JobId {
    let id = new_id();
    let job = NewJob { organization_id: &place.organization, kind, subject_id: subject, concurrency_key, run_at: at };
    jobs::insert(tx, &id, &job, NOW).await.unwrap();
    id
}

async fn take(tx: &mut Tx, lease: &str, now: Timestamp, until: Timestamp) -> Option<JobRow> {
    claim::claim(tx, &Claim { wanted: JOB, lease, now, until }).await.unwrap()
}

async fn take_analysis(tx: &mut Tx, lease: &str, now: Timestamp) -> Option<JobRow> {
    claim::claim(tx, &Claim { wanted: analysis_at(now), lease, now, until: after(30) }).await.unwrap()
}

async fn next_analysis(tx: &mut Tx, now: Timestamp) -> Option<Timestamp> {
    claim::next(tx, analysis_at(now), now).await.unwrap()
}

fn analysis_at(now: Timestamp) -> Wanted {
    Wanted::Analysis { due_by_when_busy: now - Duration::from_secs(3) }
}

async fn next(tx: &mut Tx, now: Timestamp) -> Option<Timestamp> {
    claim::next(tx, JOB, now).await.unwrap()
}

/// How many jobs there are in a state.
async fn count(tx: &mut Tx, status: &str) -> i64 {
    let sql = "SELECT count(*) FROM jobs WHERE status = $1";
    match &mut tx.held {
        Held::Sqlite(tx, _) => sqlx::query_scalar(sql).bind(status).fetch_one(&mut **tx).await.unwrap(),
        Held::Postgres(tx) => sqlx::query_scalar(sql).bind(status).fetch_one(&mut **tx).await.unwrap(),
        Held::SqliteGlance(_) | Held::PostgresGlance(_) => panic!("the tests begin transactions"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_claimers_get_each_of_three_hundred_jobs_once() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        for number in 0..JOBS {
            queue(&mut tx, &place, "ingest", &format!("dlv_{number}"), None, NOW).await;
        }
        tx.commit().await.unwrap();
        let claimers: Vec<_> = (0..CLAIMERS).map(|number| tokio::spawn(claim_all(opened.db.clone(), number))).collect();
        let mut claimed: HashMap<JobId, usize> = HashMap::new();
        for claimer in claimers {
            for id in claimer.await.unwrap() {
                *claimed.entry(id).or_default() += 1;
            }
        }
        assert_eq!(claimed.len(), JOBS);
        assert!(claimed.values().all(|times| *times == 1));
        assert_eq!(opened.number("SELECT count(*) FROM jobs").await, 0);
    })
    .await;
}

/// Claims and completes until nothing is queued. On PostgreSQL a claimer that reaches for the job of another comes back empty-handed.
async fn claim_all(db: Db, number: usize) -> Vec<JobId> {
    let mut ids = Vec::new();
    loop {
        let mut tx = db.begin().await.unwrap();
        let lease = format!("lease {number}");
        let wanted = Claim { wanted: JOB, lease: &lease, now: NOW, until: after(30) };
        let claimed = match claim::claim(&mut tx, &wanted).await {
            Err(error) if is_unique_violation(&error) => continue,
            claimed => claimed.unwrap(),
        };
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        match claimed {
            Some(job) => {
                assert_eq!(job.attempts, 1);
                assert!(jobs::complete(&mut tx, &job).await.unwrap());
                ids.push(job.id);
            }
            None if count(&mut tx, "queued").await == 0 => return ids,
            None => {}
        }
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn jobs_are_claimed_in_the_order_of_their_time_and_not_before_it() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let concurrency_key = &place.connection.id;
        let later = queue(&mut tx, &place, "ingest", "later", Some(concurrency_key), after(5)).await;
        let first = queue(&mut tx, &place, "push", "first", None, after(1)).await;
        assert_eq!(next(&mut tx, NOW).await, Some(after(1)));
        assert!(take(&mut tx, "l", NOW, after(30)).await.is_none());
        let claimed = take(&mut tx, "lease", after(5), after(35)).await.unwrap();
        assert_eq!((&claimed.id, claimed.kind.as_str(), claimed.subject_id.as_str()), (&first, "push", "first"));
        assert_eq!((claimed.organization_id, claimed.attempts, claimed.created_at), (place.organization.clone(), 1, NOW));
        assert_eq!((claimed.lease.as_deref(), claimed.concurrency_key), (Some("lease"), None));
        let second = take(&mut tx, "other", after(5), after(40)).await.unwrap();
        assert_eq!((second.id, second.concurrency_key.as_ref()), (later, Some(concurrency_key)));
        assert_eq!(next(&mut tx, after(5)).await, Some(after(35)), "the end of the first claim");
        assert_eq!(count(&mut tx, "running").await, 2);
    })
    .await;
}

#[tokio::test]
async fn analyses_and_other_jobs_are_claimed_apart() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let analysis = queue(&mut tx, &place, "analyse", "ver_1", None, NOW).await;
        assert!(take(&mut tx, "l", NOW, after(30)).await.is_none());
        assert_eq!(next(&mut tx, NOW).await, None);
        assert_eq!(next_analysis(&mut tx, NOW - Duration::from_secs(1)).await, Some(NOW));
        assert_eq!(next_analysis(&mut tx, NOW).await, Some(NOW));
        let claimed = take_analysis(&mut tx, "l", NOW).await.unwrap();
        assert_eq!(claimed.id, analysis);
        assert_eq!(next_analysis(&mut tx, NOW).await, Some(after(30)));
        assert_eq!(next(&mut tx, NOW).await, None, "the end of that claim is for those who analyse");
    })
    .await;
}

#[tokio::test]
async fn an_analysis_lets_jobs_of_connections_go_first_but_not_for_ever() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let analysis = queue(&mut tx, &place, "analyse", "ver_1", None, NOW).await;
        for delivery in ["dlv_1", "dlv_2"] {
            queue(&mut tx, &place, "ingest", delivery, Some(&place.connection.id), after(1)).await;
        }
        assert_eq!(next_analysis(&mut tx, NOW).await, Some(NOW), "neither of the others is due");
        assert_eq!(next_analysis(&mut tx, after(1)).await, None);
        assert!(take_analysis(&mut tx, "1", after(1)).await.is_none());
        let first = take(&mut tx, "2", after(1), after(31)).await.unwrap();
        assert!(take_analysis(&mut tx, "3", after(1)).await.is_none(), "one of the two waits");
        assert_eq!(next_analysis(&mut tx, after(3)).await, Some(after(3)), "it has waited for three seconds");
        take(&mut tx, "4", after(1), after(31)).await.unwrap();
        assert_eq!(next_analysis(&mut tx, after(1)).await, Some(after(1)), "none waits");
        assert!(jobs::release(&mut tx, &first, "queued", after(2), "again", NOW).await.unwrap());
        assert!(take_analysis(&mut tx, "5", after(2)).await.is_none());
        assert_eq!(take_analysis(&mut tx, "6", after(3)).await.unwrap().id, analysis);
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_was_lost_ends_nothing() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        queue(&mut tx, &place, "ingest", "dlv_1", None, NOW).await;
        let stale = take(&mut tx, "stale", NOW, after(30)).await.unwrap();
        assert!(jobs::renew(&mut tx, &stale, after(40)).await.unwrap());
        assert!(take(&mut tx, "fresh", after(39), after(69)).await.is_none());
        let fresh = take(&mut tx, "fresh", after(40), after(70)).await.expect("the lease is over");
        assert_eq!((&fresh.id, fresh.attempts), (&stale.id, 2));
        assert!(!jobs::renew(&mut tx, &stale, after(99)).await.unwrap());
        assert!(!jobs::complete(&mut tx, &stale).await.unwrap());
        assert!(!jobs::release(&mut tx, &stale, "dead", NOW, "no", NOW).await.unwrap());
        assert!(jobs::complete(&mut tx, &fresh).await.unwrap());
        assert!(!jobs::complete(&mut tx, &fresh).await.unwrap(), "it is gone");
    })
    .await;
}

#[tokio::test]
async fn two_jobs_about_the_same_thing_do_not_run_together() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        for _ in 0..2 {
            queue(&mut tx, &place, "push", "ctr_1", None, NOW).await;
        }
        queue(&mut tx, &place, "ingest", "ctr_1", None, NOW).await;
        let first = take(&mut tx, "1", NOW, after(30)).await.unwrap();
        let other_kind = take(&mut tx, "2", NOW, after(30)).await.unwrap();
        assert_eq!((first.kind.as_str(), other_kind.kind.as_str()), ("push", "ingest"));
        assert!(take(&mut tx, "3", NOW, after(30)).await.is_none());
        assert!(jobs::complete(&mut tx, &first).await.unwrap());
        assert_eq!(take(&mut tx, "3", NOW, after(30)).await.unwrap().kind, "push");
    })
    .await;
}

#[tokio::test]
async fn a_busy_connection_leaves_workers_to_the_others() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (busy, calm) = (Place::insert(&mut tx, "busy").await, Place::insert(&mut tx, "calm").await);
        for number in 0..5 {
            queue(&mut tx, &busy, "ingest", &format!("dlv_{number}"), Some(&busy.connection.id), NOW).await;
        }
        let last = queue(&mut tx, &calm, "ingest", "dlv_calm", Some(&calm.connection.id), after(1)).await;
        for number in 0..3 {
            let claimed = take(&mut tx, &format!("{number}"), after(1), after(30)).await.unwrap();
            assert_eq!(claimed.concurrency_key.as_ref(), Some(&busy.connection.id));
        }
        assert_eq!(next(&mut tx, NOW).await, Some(after(1)), "that of the calm one, though some of the busy one are due");
        assert_eq!(next(&mut tx, after(1)).await, Some(after(1)));
        assert_eq!(take(&mut tx, "4", after(1), after(30)).await.unwrap().id, last);
        assert!(take(&mut tx, "5", after(1), after(30)).await.is_none());
        assert_eq!(next(&mut tx, after(1)).await, Some(after(30)), "when the claims end");
        assert!(take(&mut tx, "6", after(30), after(60)).await.is_some(), "leases that are over hold no place");
    })
    .await;
}

#[tokio::test]
async fn a_released_job_waits_parks_or_dies_and_is_brought_back() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let (organization, concurrency_key) = (&place.organization, &place.connection.id);
        queue(&mut tx, &place, "ingest", "dlv_1", Some(concurrency_key), NOW).await;
        let job = take(&mut tx, "1", NOW, after(30)).await.unwrap();
        assert!(jobs::release(&mut tx, &job, "queued", after(5), "busy", NOW).await.unwrap());
        assert!(take(&mut tx, "2", after(4), after(30)).await.is_none());
        let job = take(&mut tx, "2", after(5), after(35)).await.unwrap();
        assert!(jobs::release(&mut tx, &job, "parked", NOW, "reconnect", NOW).await.unwrap());
        assert!(take(&mut tx, "3", after(99), after(130)).await.is_none());
        assert_eq!(jobs::unpark(&mut tx, organization, concurrency_key, after(6)).await.unwrap(), 1);
        let job = take(&mut tx, "3", after(6), after(36)).await.unwrap();
        assert_eq!((job.attempts, job.created_at), (1, after(6)), "the time it waited for a person does not count");
        assert!(jobs::postpone(&mut tx, &job, after(8), "paused", NOW).await.unwrap());
        assert!(!jobs::postpone(&mut tx, &job, after(9), "paused", NOW).await.unwrap(), "the claim is gone");
        assert_eq!(jobs::delay_key(&mut tx, organization, concurrency_key, after(10)).await.unwrap(), 1);
        let job = take(&mut tx, "3", after(10), after(40)).await.unwrap();
        assert_eq!(job.attempts, 1, "an attempt that was put off does not count");
        assert!(jobs::release(&mut tx, &job, "dead", NOW, "no", NOW).await.unwrap());
        assert_eq!(next(&mut tx, NOW).await, None);
        assert!(!jobs::reschedule_now(&mut tx, organization, "push", "dlv_1", after(7)).await.unwrap());
        assert!(jobs::reschedule_now(&mut tx, organization, "ingest", "dlv_1", after(7)).await.unwrap());
        let job = take(&mut tx, "4", after(7), after(37)).await.unwrap();
        assert_eq!((job.attempts, job.created_at), (1, after(7)), "as if it were new");
        assert!(
            !jobs::reschedule_now(&mut tx, organization, "ingest", "dlv_1", after(8)).await.unwrap(),
            "one that runs is left alone"
        );
        assert_eq!(jobs::delete_of_key(&mut tx, organization, concurrency_key).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn on_postgresql_other_servers_hear_of_a_job_when_it_is_committed() {
    on_every_database(async |opened: Opened| {
        let Some(mut listener) = opened.db.job_listener().await.unwrap() else { return };
        let mut tx = opened.db.begin().await.unwrap();
        tx.announce_job().await.unwrap();
        tx.commit().await.unwrap();
        let heard = tokio::time::timeout(std::time::Duration::from_secs(10), listener.recv()).await;
        heard.expect("it hears one channel only").unwrap();
    })
    .await;
}

/// Nothing of another organization is counted, hurried, unparked or removed.
#[tokio::test]
async fn jobs_of_another_organization_are_left_alone() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let stranger: OrganizationId = new_id();
        let concurrency_key = &place.connection.id;
        queue(&mut tx, &place, "ingest", "dlv_1", Some(concurrency_key), NOW).await;
        let job = take(&mut tx, "1", NOW, after(30)).await.unwrap();
        jobs::release(&mut tx, &job, "parked", NOW, "reconnect", NOW).await.unwrap();
        assert!(!jobs::reschedule_now(&mut tx, &stranger, "ingest", "dlv_1", NOW).await.unwrap());
        assert_eq!(jobs::unpark(&mut tx, &stranger, concurrency_key, NOW).await.unwrap(), 0);
        assert_eq!(jobs::delay_key(&mut tx, &stranger, concurrency_key, after(9)).await.unwrap(), 0);
        assert_eq!(jobs::delete_of_key(&mut tx, &stranger, concurrency_key).await.unwrap(), 0);
        assert_eq!(count(&mut tx, "parked").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_claim_whose_holder_is_gone_is_counted_and_one_that_is_handed_back_is_not() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        queue(&mut tx, &place, "ingest", "dlv_1", Some(&place.connection.id), NOW).await;
        let first = take(&mut tx, "one-1", NOW, after(15)).await.unwrap();
        assert_eq!((first.attempts, first.lost_claims), (1, 0));
        assert_eq!(jobs::give_back(&mut tx, "two-", NOW).await.unwrap(), 0, "another process's");
        assert_eq!(jobs::give_back(&mut tx, "one-", NOW).await.unwrap(), 1);
        let second = take(&mut tx, "one-2", NOW, after(15)).await.unwrap();
        assert_eq!((second.attempts, second.lost_claims), (1, 0));
        assert_eq!(jobs::end_all_claims(&mut tx, after(1)).await.unwrap(), 1);
        let third = take(&mut tx, "two-1", after(1), after(16)).await.unwrap();
        assert_eq!((third.attempts, third.lost_claims), (2, 1));
        assert!(!jobs::complete(&mut tx, &second).await.unwrap(), "its holder lost it");
        assert!(!jobs::reschedule_now(&mut tx, &place.organization, "ingest", "dlv_1", after(1)).await.unwrap(), "it runs");
        assert!(jobs::release(&mut tx, &third, "dead", after(1), "no", after(1)).await.unwrap());
        assert!(jobs::reschedule_now(&mut tx, &place.organization, "ingest", "dlv_1", after(2)).await.unwrap());
        assert_eq!(take(&mut tx, "two-2", after(2), after(17)).await.unwrap().lost_claims, 0, "as if it were new");
    })
    .await;
}

#[tokio::test]
async fn a_job_is_found_behind_a_connection_that_is_busy() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let mut places = Vec::new();
        for name in ["a", "b", "c"] {
            places.push(Place::insert(&mut tx, name).await);
        }
        for (number, place) in places.iter().enumerate() {
            for job in 0..4 {
                queue(&mut tx, place, "ingest", &format!("dlv_{number}_{job}"), Some(&place.connection.id), after(job)).await;
            }
        }
        let mut claimed = Vec::new();
        while let Some(job) = take(&mut tx, &format!("{}", claimed.len()), after(9), after(30)).await {
            claimed.push(job.subject_id);
        }
        let expected: Vec<String> = (0..3).flat_map(|job| (0..3).map(move |number| format!("dlv_{number}_{job}"))).collect();
        assert_eq!(claimed, expected, "three of each key, in the order of their time");
    })
    .await;
}

#[tokio::test]
async fn dead_jobs_are_removed_after_their_time_and_no_others() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        for subject in ["old", "young"] {
            queue(&mut tx, &place, "ingest", subject, None, NOW).await;
            let job = take(&mut tx, subject, NOW, after(15)).await.unwrap();
            let when = if subject == "old" { NOW } else { after(60) };
            assert!(jobs::release(&mut tx, &job, "dead", when, "no", when).await.unwrap());
        }
        queue(&mut tx, &place, "ingest", "waits", None, NOW).await;
        assert_eq!(jobs::delete_dead(&mut tx, after(30), 10).await.unwrap(), 1);
        assert_eq!((count(&mut tx, "dead").await, count(&mut tx, "queued").await), (1, 1));
    })
    .await;
}
