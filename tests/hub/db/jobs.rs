//! Queuing, claiming, releasing and removing jobs.

use super::rows::{NOW, Place, after};
use lexicontract::db::jobs::claim::{self, Claim, Wanted};
use lexicontract::db::jobs::{self, JobRow, NewJob};
use lexicontract::db::{Db, Inner, Tx, is_unique_violation};
use lexicontract::domain::ids::{ConnectionId, JobId, OrganizationId};
use lexicontract::domain::time::Timestamp;
use lexicontract::random::new_id;
use std::collections::HashMap;
use std::time::Duration;
use test_support::databases::{Opened, on_every_database};

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

async fn count(tx: &mut Tx, status: &str) -> i64 {
    let sql = "SELECT count(*) FROM jobs WHERE status = $1";
    match &mut tx.inner {
        Inner::Sqlite(tx, _) => sqlx::query_scalar(sql).bind(status).fetch_one(&mut **tx).await.unwrap(),
        Inner::Postgres(tx) => sqlx::query_scalar(sql).bind(status).fetch_one(&mut **tx).await.unwrap(),
        Inner::SqlitePooled(_) => panic!("not a transaction"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_claimers_claim_each_of_three_hundred_jobs_once() {
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

/// Claims and completes jobs until no job is queued. On PostgreSQL, a claim returns `None` if a concurrent claim has locked
/// the queued job.
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
async fn jobs_are_claimed_in_order_of_due_time_and_not_earlier() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let concurrency_key = &place.connection.id;
        let later = queue(&mut tx, &place, "ingest", "later", Some(concurrency_key), after(5)).await;
        let first = queue(&mut tx, &place, "push", "first", None, after(1)).await;
        assert_eq!(next(&mut tx, NOW).await, Some(after(1)));
        assert!(take(&mut tx, "l", NOW, after(30)).await.is_none());
        let claimed = take(&mut tx, "lease", after(5), after(35)).await.unwrap();
        assert_eq!(
            (&claimed.id, claimed.kind.as_str(), claimed.subject_id.as_str()),
            (&first, "push", "first"),
            "id, kind, subject id"
        );
        assert_eq!(
            (claimed.organization_id, claimed.attempts, claimed.created_at),
            (place.organization.clone(), 1, NOW),
            "organization id, attempts, created at"
        );
        assert_eq!((claimed.lease.as_deref(), claimed.concurrency_key), (Some("lease"), None), "lease, concurrency key");
        let second = take(&mut tx, "other", after(5), after(40)).await.unwrap();
        assert_eq!((second.id, second.concurrency_key.as_ref()), (later, Some(concurrency_key)), "id, concurrency key");
        assert_eq!(next(&mut tx, after(5)).await, Some(after(35)), "expiry of the first claim");
        assert_eq!(count(&mut tx, "running").await, 2);
    })
    .await;
}

#[tokio::test]
async fn analyses_and_other_jobs_are_claimed_separately() {
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
        assert_eq!(next(&mut tx, NOW).await, None, "claims of analyses are separate");
    })
    .await;
}

#[tokio::test]
async fn connection_jobs_precede_analyses_for_a_limited_time() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let analysis = queue(&mut tx, &place, "analyse", "ver_1", None, NOW).await;
        for delivery in ["dlv_1", "dlv_2"] {
            queue(&mut tx, &place, "ingest", delivery, Some(&place.connection.id), after(1)).await;
        }
        assert_eq!(next_analysis(&mut tx, NOW).await, Some(NOW), "no other job is due");
        assert_eq!(next_analysis(&mut tx, after(1)).await, None);
        assert!(take_analysis(&mut tx, "1", after(1)).await.is_none());
        let first = take(&mut tx, "2", after(1), after(31)).await.unwrap();
        assert!(take_analysis(&mut tx, "3", after(1)).await.is_none(), "a connection job waits");
        assert_eq!(next_analysis(&mut tx, after(3)).await, Some(after(3)), "due for three seconds");
        take(&mut tx, "4", after(1), after(31)).await.unwrap();
        assert_eq!(next_analysis(&mut tx, after(1)).await, Some(after(1)), "no connection job waits");
        assert!(jobs::release(&mut tx, &first, "queued", after(2), "again", NOW).await.unwrap());
        assert!(take_analysis(&mut tx, "5", after(2)).await.is_none());
        assert_eq!(take_analysis(&mut tx, "6", after(3)).await.unwrap().id, analysis);
    })
    .await;
}

#[tokio::test]
async fn lost_claim_cannot_finish_the_job() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        queue(&mut tx, &place, "ingest", "dlv_1", None, NOW).await;
        let stale = take(&mut tx, "stale", NOW, after(30)).await.unwrap();
        assert!(jobs::renew(&mut tx, &stale, after(40)).await.unwrap());
        assert!(take(&mut tx, "fresh", after(39), after(69)).await.is_none());
        let fresh = take(&mut tx, "fresh", after(40), after(70)).await.expect("lease expired");
        assert_eq!((&fresh.id, fresh.attempts), (&stale.id, 2), "id, attempts");
        assert!(!jobs::renew(&mut tx, &stale, after(99)).await.unwrap());
        assert!(!jobs::complete(&mut tx, &stale).await.unwrap());
        assert!(!jobs::release(&mut tx, &stale, "dead", NOW, "no", NOW).await.unwrap());
        assert!(jobs::complete(&mut tx, &fresh).await.unwrap());
        assert!(!jobs::complete(&mut tx, &fresh).await.unwrap(), "removed already");
    })
    .await;
}

#[tokio::test]
async fn jobs_of_one_kind_and_subject_do_not_run_concurrently() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        for _ in 0..2 {
            queue(&mut tx, &place, "push", "ctr_1", None, NOW).await;
        }
        queue(&mut tx, &place, "ingest", "ctr_1", None, NOW).await;
        let first = take(&mut tx, "1", NOW, after(30)).await.unwrap();
        let other_kind = take(&mut tx, "2", NOW, after(30)).await.unwrap();
        assert_eq!((first.kind.as_str(), other_kind.kind.as_str()), ("push", "ingest"), "kind, kind");
        assert!(take(&mut tx, "3", NOW, after(30)).await.is_none());
        assert!(jobs::complete(&mut tx, &first).await.unwrap());
        assert_eq!(take(&mut tx, "3", NOW, after(30)).await.unwrap().kind, "push");
    })
    .await;
}

#[tokio::test]
async fn concurrency_limit_leaves_workers_to_other_connections() {
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
        assert_eq!(
            next(&mut tx, NOW).await,
            Some(after(1)),
            "the job of the calm connection, although jobs of the busy one are due"
        );
        assert_eq!(next(&mut tx, after(1)).await, Some(after(1)));
        assert_eq!(take(&mut tx, "4", after(1), after(30)).await.unwrap().id, last);
        assert!(take(&mut tx, "5", after(1), after(30)).await.is_none());
        assert_eq!(next(&mut tx, after(1)).await, Some(after(30)), "expiry of the claims");
        assert!(take(&mut tx, "6", after(30), after(60)).await.is_some(), "expired leases do not count");
    })
    .await;
}

#[tokio::test]
async fn released_job_is_queued_parked_or_dead_and_can_be_rescheduled() {
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
        assert_eq!((job.attempts, job.created_at), (1, after(6)), "waiting for a user does not count");
        assert!(jobs::postpone(&mut tx, &job, after(8), "paused", NOW).await.unwrap());
        assert!(!jobs::postpone(&mut tx, &job, after(9), "paused", NOW).await.unwrap(), "claim lost");
        assert_eq!(jobs::delay_key(&mut tx, organization, concurrency_key, after(10)).await.unwrap(), 1);
        let job = take(&mut tx, "3", after(10), after(40)).await.unwrap();
        assert_eq!(job.attempts, 1, "a postponed attempt does not count");
        assert!(jobs::release(&mut tx, &job, "dead", NOW, "no", NOW).await.unwrap());
        assert_eq!(next(&mut tx, NOW).await, None);
        assert!(!jobs::reschedule_now(&mut tx, organization, "push", "dlv_1", after(7)).await.unwrap());
        assert!(jobs::reschedule_now(&mut tx, organization, "ingest", "dlv_1", after(7)).await.unwrap());
        let job = take(&mut tx, "4", after(7), after(37)).await.unwrap();
        assert_eq!((job.attempts, job.created_at), (1, after(7)), "reset");
        assert!(
            !jobs::reschedule_now(&mut tx, organization, "ingest", "dlv_1", after(8)).await.unwrap(),
            "one that runs is left alone"
        );
        assert_eq!(jobs::delete_of_key(&mut tx, organization, concurrency_key).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn postgresql_notifies_other_servers_of_a_job_at_commit() {
    on_every_database(async |opened: Opened| {
        let Some(mut listener) = opened.db.job_listener().await.unwrap() else { return };
        let mut tx = opened.db.begin().await.unwrap();
        tx.notify_job().await.unwrap();
        tx.commit().await.unwrap();
        let heard = tokio::time::timeout(std::time::Duration::from_secs(10), listener.recv()).await;
        heard.expect("one channel only").unwrap();
    })
    .await;
}

#[tokio::test]
async fn other_organization_changes_no_jobs() {
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
async fn expired_claims_are_counted_and_returned_claims_are_not() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        queue(&mut tx, &place, "ingest", "dlv_1", Some(&place.connection.id), NOW).await;
        let first = take(&mut tx, "one-1", NOW, after(15)).await.unwrap();
        assert_eq!((first.attempts, first.lost_claims), (1, 0), "attempts, lost claims");
        assert_eq!(jobs::requeue_claims_of(&mut tx, "two-", NOW).await.unwrap(), 0, "jobs of another worker");
        assert_eq!(jobs::requeue_claims_of(&mut tx, "one-", NOW).await.unwrap(), 1);
        let second = take(&mut tx, "one-2", NOW, after(15)).await.unwrap();
        assert_eq!((second.attempts, second.lost_claims), (1, 0), "attempts, lost claims");
        assert_eq!(jobs::expire_all_claims(&mut tx, after(1)).await.unwrap(), 1);
        let third = take(&mut tx, "two-1", after(1), after(16)).await.unwrap();
        assert_eq!((third.attempts, third.lost_claims), (2, 1), "attempts, lost claims");
        assert!(!jobs::complete(&mut tx, &second).await.unwrap(), "claim lost");
        assert!(!jobs::reschedule_now(&mut tx, &place.organization, "ingest", "dlv_1", after(1)).await.unwrap(), "running");
        assert!(jobs::release(&mut tx, &third, "dead", after(1), "no", after(1)).await.unwrap());
        assert!(jobs::reschedule_now(&mut tx, &place.organization, "ingest", "dlv_1", after(2)).await.unwrap());
        assert_eq!(take(&mut tx, "two-2", after(2), after(17)).await.unwrap().lost_claims, 0, "reset");
    })
    .await;
}

#[tokio::test]
async fn job_is_found_behind_a_connection_at_its_limit() {
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
        assert_eq!(claimed, expected, "three of each key, in due order");
    })
    .await;
}

#[tokio::test]
async fn only_old_dead_jobs_are_removed() {
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
        assert_eq!((count(&mut tx, "dead").await, count(&mut tx, "queued").await), (1, 1), "dead, queued");
    })
    .await;
}
