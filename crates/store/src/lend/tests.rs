use chrono::TimeDelta;
use mc_base::ManualClock;
use sqlx::sqlite::SqlitePoolOptions;

use super::*;
use crate::{connect::Pools, testing::only_postgres};

/// A lender of `max` connections, each with an empty database of its own in memory.
async fn lender(max: u32) -> (Lender<Sqlite>, ManualClock) {
    let pool = SqlitePoolOptions::new().max_connections(max).connect("sqlite::memory:").await.unwrap();
    let (clock, hand) = Clock::manual(chrono::DateTime::UNIX_EPOCH);
    (Lender::new(pool, clock, Duration::from_millis(50)), hand)
}

async fn run(lent: &mut Lent<Sqlite>, statement: &'static str) -> sqlx::Result<()> {
    let outcome = Sqlite::tell(lent.connection(), statement).await;
    lent.settle(outcome)
}

/// Whether the next connection is the one on which `mark` was run.
async fn is_marked(lender: &Lender<Sqlite>) -> bool {
    run(&mut lender.lend().await.unwrap(), "SELECT * FROM mark").await.is_ok()
}

#[tokio::test]
async fn a_connection_that_answered_is_lent_again() {
    let (lender, _) = lender(2).await;
    run(&mut lender.lend().await.unwrap(), "CREATE TABLE mark (id)").await.unwrap();
    // The pool has had no turn to take it back.
    assert!(is_marked(&lender).await);
    assert_eq!(lender.connections(), Connections { open: 1, idle: 1, max: 2 });
}

#[tokio::test]
async fn one_that_did_not_answer_goes_back_to_the_pool() {
    let (lender, _) = lender(2).await;
    let mut lent = lender.lend().await.unwrap();
    run(&mut lent, "SELECT * FROM nowhere").await.unwrap_err();
    drop(lent);
    assert!(lender.0.idle().is_empty());
    // Nor is one that was dropped in the middle of a statement.
    let mut lent = lender.lend().await.unwrap();
    lent.connection();
    drop(lent);
    assert!(lender.0.idle().is_empty());
}

#[tokio::test]
async fn one_that_was_kept_for_long_goes_back_to_the_pool() {
    let (lender, hand) = lender(2).await;
    let (first, second) = (lender.lend().await.unwrap(), lender.lend().await.unwrap());
    drop((first, second));
    assert_eq!(lender.0.idle().len(), 2);
    hand.advance(TimeDelta::seconds(601));
    drop(lender.lend().await.unwrap());
    assert_eq!(lender.0.idle().len(), 1, "the one that was lent is too old");
    drop(lender.lend().await.unwrap());
    assert!(lender.0.idle().is_empty(), "and so is the other");
}

#[tokio::test]
async fn borrowers_wait_for_one_another_but_not_for_ever() {
    let (lender, _) = lender(1).await;
    let lent = lender.lend().await.unwrap();
    assert!(matches!(lender.lend().await, Err(sqlx::Error::PoolTimedOut)));
    let (next, ()) = tokio::join!(lender.lend(), async { drop(lent) });
    next.unwrap();
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let (lender, _) = lender(1).await;
    let mut open = Open::begin(&lender, "BEGIN IMMEDIATE").await.unwrap();
    Sqlite::tell(open.connection(), "CREATE TABLE mark (id)").await.unwrap();
    drop(open);
    assert!(!is_marked(&lender).await);
    let mut open = Open::begin(&lender, "BEGIN IMMEDIATE").await.unwrap();
    Sqlite::tell(open.connection(), "CREATE TABLE mark (id)").await.unwrap();
    open.commit().await.unwrap();
    assert!(is_marked(&lender).await);
}

#[tokio::test]
async fn a_closed_lender_lends_nothing_and_keeps_nothing() {
    let (lender, _) = lender(2).await;
    let (lent, other) = (lender.lend().await.unwrap(), lender.lend().await.unwrap());
    drop(other);
    tokio::join!(lender.close(), async { drop(lent) });
    assert!(matches!(lender.lend().await, Err(sqlx::Error::PoolClosed)));
    assert_eq!(lender.connections().open, 0);
}

#[tokio::test]
async fn of_connections_that_the_database_has_ended_one_borrower_meets_one() {
    only_postgres(|store| async move {
        let Pools::Postgres { lender, .. } = store.pools() else { unreachable!("it is PostgreSQL") };
        let mut killer = lender.lend().await.unwrap();
        drop((lender.lend().await.unwrap(), lender.lend().await.unwrap(), lender.lend().await.unwrap()));
        assert_eq!(lender.0.idle().len(), 3);
        let ended = Postgres::tell(
            killer.connection(),
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
        killer.settle(ended).unwrap();
        let mut dead = lender.lend().await.unwrap();
        let answer = Postgres::tell(dead.connection(), "SELECT 1").await;
        dead.settle(answer).unwrap_err();
        assert!(lender.0.idle().is_empty());
    })
    .await;
}
