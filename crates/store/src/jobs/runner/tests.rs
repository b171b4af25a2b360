use super::*;
use crate::{Read, jobs::admin, sql, testing::on_both};
use serde_json::json;
use std::sync::Mutex;

#[test]
fn pauses_double_up_to_the_bound() {
    let policy = Policy { attempts: 5, base: Duration::from_secs(10), max: Duration::from_secs(35) };
    let pauses: Vec<u64> = (1..=4).map(|attempt| policy.pause(attempt, 0.0).as_secs()).collect();
    assert_eq!(pauses, [10, 20, 35, 35]);
    assert!(policy.pause(1, 0.999) < Duration::from_secs(11));
    assert_eq!(policy.pause(i64::MAX, 0.0), Duration::from_secs(35));
}

async fn enqueue(store: &Store, job: NewJob) {
    let txn = store.begin().await.unwrap();
    txn.enqueue(job).await.unwrap();
    txn.commit().await.unwrap();
}

type Seen = Arc<Mutex<Vec<i64>>>;

/// A handler that writes down the number of each job and fails for the negative ones.
fn recorder() -> (Seen, impl Fn(Job) -> std::future::Ready<Result<(), JobError>> + Send + Sync) {
    let seen = Seen::default();
    let record = seen.clone();
    (seen, move |job: Job| {
        let n = job.payload.0["n"].as_i64().unwrap();
        record.lock().unwrap().push(n);
        std::future::ready(if n < 0 { Err(JobError::Retry("not yet".into())) } else { Ok(()) })
    })
}

#[tokio::test]
async fn a_job_runs_once_after_its_transaction_committed() {
    on_both(|store| async move {
        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new("test", json!({"n": 9}))).await.unwrap();
        drop(txn);
        enqueue(&store, NewJob::new("test", json!({"n": 1}))).await;
        let (seen, run) = recorder();
        let count = Runner::new(&store, Policy::default()).handler("test", run).run_due().await.unwrap();
        assert_eq!((count, seen.lock().unwrap().as_slice()), (1, &[1][..]));
        assert_eq!(
            admin::queue_state(&store).await.unwrap(),
            admin::QueueState { queued: 0, running: 0, dead: 0 }
        );
    })
    .await;
}

#[tokio::test]
async fn a_failing_job_is_tried_again_and_ends_among_the_dead() {
    on_both(|store| async move {
        enqueue(&store, NewJob::new("test", json!({"n": -1})).max_attempts(2)).await;
        let (seen, run) = recorder();
        let run = Arc::new(run);
        let runner = || {
            let run = run.clone();
            let policy = Policy { attempts: 9, base: Duration::ZERO, max: Duration::ZERO };
            Runner::new(&store, policy).handler("test", move |job| run(job))
        };
        runner().run_due().await.unwrap();
        assert_eq!(seen.lock().unwrap().as_slice(), &[-1, -1]);
        let dead = admin::dead(&store, 10).await.unwrap();
        assert_eq!((dead.len(), dead[0].attempts), (1, 2));
        assert_eq!(dead[0].last_error.as_deref(), Some("not yet"));

        let txn = store.begin().await.unwrap();
        assert_eq!(admin::retry(&txn, dead[0].id).await.unwrap(), admin::Wish::Granted);
        txn.commit().await.unwrap();
        runner().run_due().await.unwrap();
        assert_eq!(seen.lock().unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn waiting_is_no_attempt_and_holds_up_its_lane() {
    on_both(|store| async move {
        enqueue(&store, NewJob::new("test", json!({})).lane("a").max_attempts(1)).await;
        enqueue(&store, NewJob::new("test", json!({})).lane("a")).await;
        let wait = |_| async { Err(JobError::Wait("not there".into(), Duration::from_secs(60))) };
        let ran = Runner::new(&store, Policy::default()).handler("test", wait).run_due().await.unwrap();
        assert_eq!(ran, 1, "the second one waits behind the first");
        let rows: Vec<(i64, String, Option<String>)> =
            store.all(sql("SELECT attempts, state, last_error FROM jobs ORDER BY id")).await.unwrap();
        let queued = "queued".to_owned();
        assert_eq!(rows, [(0, queued.clone(), Some("not there".to_owned())), (0, queued, None)]);

        let due = queue::next_due(&store).await.unwrap().unwrap();
        assert!(
            due > store.clock().now() + TimeDelta::seconds(30),
            "there is nothing to look at meanwhile: {due}"
        );
        let txn = store.begin().await.unwrap();
        assert_eq!(queue::hasten_lane(&txn, "a").await.unwrap(), 2);
        txn.commit().await.unwrap();
        let done = |_| async { Ok(()) };
        let ran = Runner::new(&store, Policy::default()).handler("test", done).run_due().await.unwrap();
        assert_eq!(ran, 2);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_finishes_nothing() {
    on_both(|store| async move {
        enqueue(&store, NewJob::new("test", json!({}))).await;
        let first = queue::claim(&store, 1, TimeDelta::seconds(-1), 4).await.unwrap().remove(0);
        let second = queue::claim(&store, 1, LEASE, 4).await.unwrap().remove(0);
        assert_eq!((first.id, second.attempts), (second.id, 2));
        assert!(!queue::complete(&store, first.lease()).await.unwrap());
        assert!(!queue::renew(&store, first.lease(), LEASE).await.unwrap());
        assert!(!queue::fail(&store, first.lease(), "late", None).await.unwrap());
        assert!(queue::complete(&store, second.lease()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_worker_died_on_the_last_attempt_is_dead() {
    on_both(|store| async move {
        enqueue(&store, NewJob::new("test", json!({})).max_attempts(1)).await;
        assert_eq!(queue::claim(&store, 1, TimeDelta::seconds(-1), 4).await.unwrap().len(), 1);
        assert!(queue::claim(&store, 1, LEASE, 4).await.unwrap().is_empty());
        assert_eq!(admin::queue_state(&store).await.unwrap().dead, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lane_runs_in_order_and_a_key_is_held_once() {
    on_both(|store| async move {
        enqueue(&store, NewJob::new("test", json!({"n": 1})).lane("a")).await;
        enqueue(&store, NewJob::new("test", json!({"n": 2})).lane("a")).await;
        enqueue(&store, NewJob::new("test", json!({"n": 3})).dedupe("k")).await;
        enqueue(&store, NewJob::new("test", json!({"n": 4})).dedupe("k")).await;
        let claimed = queue::claim(&store, 9, LEASE, 4).await.unwrap();
        let mut numbers: Vec<i64> = claimed.iter().map(|job| job.payload.0["n"].as_i64().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 3]);
        for job in claimed {
            queue::complete(&store, job.lease()).await.unwrap();
        }
        assert_eq!(queue::claim(&store, 9, LEASE, 4).await.unwrap()[0].payload.0["n"], 2);
    })
    .await;
}

#[tokio::test]
async fn the_first_job_of_every_lane_is_claimed() {
    on_both(|store| async move {
        for (n, lane) in [(1, "b"), (2, "a"), (3, "b"), (4, "a"), (5, "c")] {
            enqueue(&store, NewJob::new("test", json!({"n": n})).lane(lane)).await;
        }
        let claimed = async || {
            let jobs = queue::claim(&store, 9, LEASE, 4).await.unwrap();
            let mut numbers: Vec<i64> = jobs.iter().map(|job| job.payload.0["n"].as_i64().unwrap()).collect();
            numbers.sort_unstable();
            (numbers, jobs)
        };
        let (numbers, jobs) = claimed().await;
        assert_eq!(numbers, [1, 2, 5]);
        assert!(claimed().await.0.is_empty(), "the others wait for those before them");
        for job in jobs {
            queue::fail(&store, job.lease(), "no", None).await.unwrap();
        }
        assert_eq!(claimed().await.0, [3, 4], "a dead letter holds nobody up");
    })
    .await;
}

#[tokio::test]
async fn a_schedule_enqueues_once_for_each_time() {
    on_both(|store| async move {
        for _ in 0..3 {
            queue::run_schedule(&store, "s", TimeDelta::hours(1), NewJob::new("test", json!({})))
                .await
                .unwrap();
        }
        let (jobs,): (i64,) = store.one(sql("SELECT count(*) FROM jobs")).await.unwrap();
        assert_eq!(jobs, 1);
    })
    .await;
}

#[tokio::test]
async fn a_stopping_runner_hands_back_what_does_not_end_in_time() {
    on_both(|store| async move {
        enqueue(&store, NewJob::new("test", json!({}))).await;
        let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
        let runner = Runner::new(&store, Policy::default()).handler("test", move |_| {
            started.send(()).unwrap();
            std::future::pending()
        });
        let stop = CancellationToken::new();
        let task = tokio::spawn(runner.run(stop.clone(), Duration::from_millis(10)));
        tokio::time::timeout(Duration::from_secs(10), has_started.recv()).await.expect("the job starts");
        stop.cancel();
        task.await.unwrap();
        let job = queue::claim(&store, 1, LEASE, 4).await.unwrap().remove(0);
        assert_eq!(job.attempts, 1, "the interrupted attempt does not count");
    })
    .await;
}

#[tokio::test]
async fn jobs_are_listed_counted_run_again_and_discarded() {
    on_both(|store| async move {
        for (kind, key) in [("a", Some("k")), ("a", None), ("b", None)] {
            let job = NewJob::new(kind, json!({})).max_attempts(1);
            enqueue(&store, key.into_iter().fold(job, NewJob::dedupe)).await;
        }
        let fail = |_| async { Err(JobError::Fatal("no".into())) };
        Runner::new(&store, Policy::default()).handler("a", fail).handler("b", fail).run_due().await.unwrap();
        enqueue(&store, NewJob::new("a", json!({})).dedupe("k")).await;
        let figures = admin::figures(&store).await.unwrap();
        let seen: Vec<(&str, &str, i64)> = figures
            .iter()
            .map(|figure| (figure.kind.as_str(), figure.state.as_str(), figure.count))
            .collect();
        assert_eq!(seen, [("a", "dead", 2), ("a", "queued", 1), ("b", "dead", 1)]);
        let (dead, total) = admin::list(&store, Some("dead"), Some("a"), 1, 1).await.unwrap();
        assert_eq!((dead.len(), total, dead[0].last_error.as_deref()), (1, 2, Some("no")));
        let wish = async |id, retry: bool| {
            let txn = store.begin().await.unwrap();
            let wish = if retry { admin::retry(&txn, id).await } else { admin::discard(&txn, id).await };
            txn.commit().await.unwrap();
            wish.unwrap()
        };
        let first = dead[0].id;
        assert_eq!(wish(first, true).await, admin::Wish::Replaced, "another one holds its key");
        assert_eq!(wish(first, false).await, admin::Wish::Granted);
        assert_eq!(wish(first, false).await, admin::Wish::Unknown);
        assert_eq!(wish(first, true).await, admin::Wish::Unknown);
        let (dead, _) = admin::list(&store, Some("dead"), None, 9, 0).await.unwrap();
        assert_eq!(wish(dead[0].id, true).await, admin::Wish::Granted);
        let running = queue::claim(&store, 9, LEASE, 4).await.unwrap();
        assert_eq!(running.len(), 2);
        for retry in [true, false] {
            assert_eq!(wish(running[0].id, retry).await, admin::Wish::Running);
        }
    })
    .await;
}

#[test]
fn the_error_of_a_job_has_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("the report was not sent")]
    struct Outer(#[source] std::io::Error);
    let error = JobError::from(Outer(std::io::Error::other("the disk is full")));
    assert!(matches!(error, JobError::Retry(text) if text == "the report was not sent: the disk is full"));
}
