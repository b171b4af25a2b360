//! Creations that are asked for twice happen once (draft-ietf-httpapi-idempotency-key-header).
//!
//! A key belongs to its sender and stands for one request. The answer to the first request is kept,
//! sealed, for [`KEPT`]; the same request with the same key gets it again.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Read, Txn, sql};
use secrecy::ExposeSecret;

use crate::{Context, Error, Result};

/// How long an answer can be had again.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// A request that was begun this long ago and never answered may be begun again: its process has died.
const ABANDONED_AFTER: TimeDelta = TimeDelta::minutes(2);

/// A key, as its sender used it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Who sent it, such as `user:<id>`.
    pub caller: String,
    /// The key itself, at most 255 characters.
    pub key: String,
    /// A digest over everything that makes the request.
    pub fingerprint: Vec<u8>,
}

/// What a key means for the request that carries it.
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// The request is new: it is to be done, then [`finish`]ed or [`abandon`]ed.
    New,
    /// It was done: this was the answer.
    Done {
        /// The HTTP status.
        status: u16,
        /// The JSON body.
        body: String,
    },
    /// It is being done at this moment.
    Running,
    /// The key stands for another request.
    Mismatch,
}

#[derive(sqlx::FromRow)]
struct Row {
    fingerprint: Vec<u8>,
    status: Option<i64>,
    body: Option<String>,
    created_at: DateTime<Utc>,
}

/// Takes a key for a request, or says what became of the request that took it.
///
/// # Errors
/// When the database fails, or the kept answer was sealed with another server key.
pub async fn begin(context: &Context, key: &Key) -> Result<Begun> {
    let txn = context.store().begin().await?;
    let taken = txn
        .run(
            sql("INSERT INTO idempotency_keys (caller, idempotency_key, fingerprint, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (caller, idempotency_key) DO NOTHING")
            .bind(key.caller.clone())
            .bind(key.key.clone())
            .bind(key.fingerprint.clone())
            .bind(txn.now()),
        )
        .await?;
    let begun = if taken == 1 { Begun::New } else { known(context, &txn, key).await? };
    txn.commit().await?;
    Ok(begun)
}

async fn known(context: &Context, txn: &Txn, key: &Key) -> Result<Begun> {
    let row: Option<Row> = txn
        .optional(
            sql("SELECT fingerprint, status, body, created_at FROM idempotency_keys WHERE caller = $1 AND idempotency_key = $2")
                .bind(key.caller.clone())
                .bind(key.key.clone()),
        )
        .await?;
    let Some(row) = row else { return Ok(Begun::Running) };
    if row.fingerprint != key.fingerprint {
        return Ok(Begun::Mismatch);
    }
    if let (Some(status), Some(sealed)) = (row.status, row.body) {
        let body = context.key().open(&purpose(key), &sealed).map_err(Error::internal)?;
        let status = u16::try_from(status).map_err(Error::internal)?;
        return Ok(Begun::Done { status, body: body.expose_secret().to_owned() });
    }
    if txn.now() - row.created_at < ABANDONED_AFTER {
        return Ok(Begun::Running);
    }
    let again = txn
        .run(
            sql("UPDATE idempotency_keys SET created_at = $4
                 WHERE caller = $1 AND idempotency_key = $2 AND status IS NULL AND created_at = $3")
            .bind(key.caller.clone())
            .bind(key.key.clone())
            .bind(row.created_at)
            .bind(txn.now()),
        )
        .await?;
    Ok(if again == 1 { Begun::New } else { Begun::Running })
}

/// Keeps the answer to a request. It may hold a token that is shown once, so it is sealed.
///
/// # Errors
/// When the database fails.
pub async fn finish(context: &Context, key: &Key, status: u16, body: &str) -> Result<()> {
    let sealed = context.key().seal(context.store().random(), &purpose(key), body);
    let txn = context.store().begin().await?;
    txn.run(
        sql("UPDATE idempotency_keys SET status = $3, body = $4 WHERE caller = $1 AND idempotency_key = $2")
            .bind(key.caller.clone())
            .bind(key.key.clone())
            .bind(i64::from(status))
            .bind(sealed),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// Gives a key back: the request was refused and made nothing.
///
/// # Errors
/// When the database fails.
pub async fn abandon(context: &Context, key: &Key) -> Result<()> {
    let txn = context.store().begin().await?;
    txn.run(
        sql("DELETE FROM idempotency_keys WHERE caller = $1 AND idempotency_key = $2 AND status IS NULL")
            .bind(key.caller.clone())
            .bind(key.key.clone()),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// Deletes the answers that are kept no longer.
pub(crate) async fn purge(txn: &Txn) -> Result<()> {
    txn.run(sql("DELETE FROM idempotency_keys WHERE created_at < $1").bind(txn.now() - KEPT)).await?;
    Ok(())
}

fn purpose(key: &Key) -> String {
    format!("idempotency:{}:{}", key.caller, key.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use mc_store::testing::on_both;

    fn key(fingerprint: &[u8]) -> Key {
        Key { caller: "user:1".into(), key: "k".into(), fingerprint: fingerprint.into() }
    }

    #[tokio::test]
    async fn a_key_stands_for_one_request_and_its_answer() {
        on_both(|store| async move {
            let context = testing::context(&store);
            let first = key(b"one");
            assert_eq!(begin(&context, &first).await.unwrap(), Begun::New);
            assert_eq!(begin(&context, &first).await.unwrap(), Begun::Running);
            assert_eq!(begin(&context, &key(b"two")).await.unwrap(), Begun::Mismatch);
            let stranger = Key { caller: "user:2".into(), ..key(b"two") };
            assert_eq!(begin(&context, &stranger).await.unwrap(), Begun::New);

            finish(&context, &first, 200, "{\"token\":\"secret\"}").await.unwrap();
            let done = Begun::Done { status: 200, body: "{\"token\":\"secret\"}".into() };
            assert_eq!(begin(&context, &first).await.unwrap(), done);
            let (kept,): (String,) =
                store.one(sql("SELECT body FROM idempotency_keys WHERE caller = 'user:1'")).await.unwrap();
            assert!(!kept.contains("secret"), "the answer is kept in clear: {kept}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_refused_or_lost_request_may_be_done_again() {
        on_both(|store| async move {
            let context = testing::context(&store);
            let refused = key(b"one");
            begin(&context, &refused).await.unwrap();
            abandon(&context, &refused).await.unwrap();
            assert_eq!(begin(&context, &refused).await.unwrap(), Begun::New);

            let txn = store.begin().await.unwrap();
            let long_ago = txn.now() - ABANDONED_AFTER;
            txn.run(sql("UPDATE idempotency_keys SET created_at = $1").bind(long_ago)).await.unwrap();
            txn.commit().await.unwrap();
            assert_eq!(begin(&context, &refused).await.unwrap(), Begun::New);
            assert_eq!(begin(&context, &refused).await.unwrap(), Begun::Running);
        })
        .await;
    }

    #[tokio::test]
    async fn old_answers_are_deleted() {
        on_both(|store| async move {
            let context = testing::context(&store);
            begin(&context, &key(b"one")).await.unwrap();
            let txn = store.begin().await.unwrap();
            purge(&txn).await.unwrap();
            let (kept,): (i64,) = txn.one(sql("SELECT count(*) FROM idempotency_keys")).await.unwrap();
            assert_eq!(kept, 1);
            let old = txn.now() - KEPT - TimeDelta::seconds(1);
            txn.run(sql("UPDATE idempotency_keys SET created_at = $1").bind(old)).await.unwrap();
            purge(&txn).await.unwrap();
            let (kept,): (i64,) = txn.one(sql("SELECT count(*) FROM idempotency_keys")).await.unwrap();
            assert_eq!(kept, 0);
        })
        .await;
    }
}
