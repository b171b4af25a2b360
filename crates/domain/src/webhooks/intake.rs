//! Writing down what senders deliver. Deliveries that come at the same time share a transaction, because every
//! transaction waits for the disk, and every statement for the database.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mc_store::{Json, Read, StoreError, Txn, chunks, events::NewEvent, jobs::NewJob};
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, Value};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{Context, Error, Kind, Result};

/// The most deliveries of one transaction.
const BATCH_MAX: usize = 64;
/// With this much of payloads, in bytes, a transaction takes no further delivery.
const BATCH_BYTES: usize = 4 << 20;
/// How many transactions are under way at a time: one waits for the disk while the other is filled.
const WRITERS: usize = 2;

/// A delivery whose sender is known, with everything that is stored of it.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) payload_id: Uuid,
    pub(super) memory_id: Uuid,
    pub(super) board_id: Uuid,
    pub(super) webhook_id: Uuid,
    pub(super) memory: String,
    pub(super) tags: [String; 3],
    pub(super) payload: String,
    /// The headers as JSON.
    pub(super) headers: Option<Value>,
    pub(super) source_ip: String,
    pub(super) content_type: Option<String>,
    /// What the sender calls this delivery.
    pub(super) delivery_key: Option<String>,
    pub(super) events: [NewEvent; 2],
    pub(super) job: NewJob,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// It is stored.
    Now,
    /// It had been stored when it came first.
    Before,
}

/// The deliveries of this process that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Intake(Mutex<Line>);

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    writers: usize,
}

#[derive(Debug)]
struct Waiting {
    delivery: Delivery,
    answer: oneshot::Sender<Result<Stored>>,
}

impl Intake {
    /// Stores a delivery. It is on the disk when this returns.
    ///
    /// # Errors
    /// `NotFound` when its webhook is gone; `Unavailable` when the database fails.
    pub(super) async fn store(self: &Arc<Self>, context: &Context, delivery: Delivery) -> Result<Stored> {
        let (answer, outcome) = oneshot::channel();
        let starts = {
            let mut line = self.line();
            line.waiting.push_back(Waiting { delivery, answer });
            let starts = line.writers < WRITERS;
            line.writers += usize::from(starts);
            starts
        };
        if starts {
            let (writer, context) = (Writer { intake: Arc::clone(self), is_done: false }, context.clone());
            tokio::spawn(writer.run(context));
        }
        // A writer that ended without an answer has panicked.
        outcome.await.map_err(Error::internal)?
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing in here can be half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that writes until nothing waits.
struct Writer {
    intake: Arc<Intake>,
    is_done: bool,
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It has panicked; the next delivery starts another one.
        if !self.is_done {
            self.intake.line().writers -= 1;
        }
    }
}

impl Writer {
    async fn run(mut self, context: Context) {
        while let Some(batch) = self.take() {
            write_all(&context, batch).await;
        }
    }

    /// The next deliveries. With none left the writer is done, which is settled in the same moment: whoever comes next
    /// starts another one.
    fn take(&mut self) -> Option<Vec<Waiting>> {
        let mut line = self.intake.line();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH_MAX && bytes < BATCH_BYTES {
            let Some(next) = line.waiting.pop_front() else { break };
            bytes += next.delivery.payload.len();
            batch.push(next);
        }
        if batch.is_empty() {
            line.writers -= 1;
            self.is_done = true;
            return None;
        }
        Some(batch)
    }
}

async fn write_all(context: &Context, batch: Vec<Waiting>) {
    let deliveries: Vec<&Delivery> = batch.iter().map(|waiting| &waiting.delivery).collect();
    match write(context, &deliveries).await {
        Ok(stored) => {
            for Waiting { delivery, answer } in batch {
                let is_new = stored.contains(&delivery.payload_id);
                // Who has gone away needs no answer.
                let _ = answer.send(Ok(if is_new { Stored::Now } else { Stored::Before }));
            }
        }
        // The webhook of one is gone: the others are not to blame.
        Err(error) if error.is_foreign_key_violation() && batch.len() > 1 => {
            for waiting in batch {
                Box::pin(write_all(context, vec![waiting])).await;
            }
        }
        Err(error) if error.is_foreign_key_violation() => answer_all(batch, |_| Error::not_found()),
        Err(error) => {
            let text = error.to_string();
            tracing::error!(error = %text, deliveries = batch.len(), "webhook.ingest.failed");
            answer_all(batch, |_| Error { retry_after: Some(1), ..Error::new(Kind::Unavailable) });
        }
    }
}

fn answer_all(batch: Vec<Waiting>, error: impl Fn(&Delivery) -> Error) {
    for Waiting { delivery, answer } in batch {
        let _ = answer.send(Err(error(&delivery)));
    }
}

/// Stores deliveries, all or none; gives the payloads that are new.
async fn write(context: &Context, deliveries: &[&Delivery]) -> Result<HashSet<Uuid>, StoreError> {
    let mut deliveries = deliveries.to_vec();
    // Transactions that meet at the same repeated deliveries wait for one another in one order.
    deliveries.sort_by_key(|delivery| (delivery.webhook_id, delivery.delivery_key.as_deref()));
    let deliveries = deliveries.as_slice();
    let txn = context.store().begin().await?;
    insert_memory(&txn, deliveries).await?;
    let stored = insert_payloads(&txn, deliveries).await?;
    if stored.len() < deliveries.len() {
        let repeated = deliveries.iter().filter(|delivery| !stored.contains(&delivery.payload_id));
        forget(&txn, repeated.map(|delivery| delivery.memory_id).collect()).await?;
    }
    let new = || deliveries.iter().filter(|delivery| stored.contains(&delivery.payload_id));
    txn.append_all(new().flat_map(|delivery| delivery.events.clone()).collect()).await?;
    txn.enqueue_all(new().map(|delivery| delivery.job.clone()).collect()).await?;
    txn.commit().await?;
    Ok(stored)
}

async fn insert_memory(txn: &Txn, deliveries: &[&Delivery]) -> Result<(), StoreError> {
    for chunk in chunks(deliveries.to_vec()) {
        let columns = ["id", "board_id", "content", "tags", "source", "is_chat", "created_at"];
        let mut insert =
            Query::insert().into_table(Alias::new("board_memory")).columns(columns.map(Alias::new)).take();
        for delivery in chunk {
            let values: [Value; 7] = [
                delivery.memory_id.into(),
                delivery.board_id.into(),
                delivery.memory.as_str().into(),
                Json(&delivery.tags).into(),
                "webhook".into(),
                false.into(),
                txn.now().into(),
            ];
            insert.values_panic(values.map(Into::into));
        }
        txn.run(txn.render(&insert)).await?;
    }
    Ok(())
}

async fn insert_payloads(txn: &Txn, deliveries: &[&Delivery]) -> Result<HashSet<Uuid>, StoreError> {
    let mut stored = HashSet::new();
    for chunk in chunks(deliveries.to_vec()) {
        let columns = [
            "id",
            "board_id",
            "webhook_id",
            "payload",
            "headers",
            "source_ip",
            "content_type",
            "delivery_key",
            "memory_id",
            "delivery_updated_at",
            "received_at",
        ];
        let known =
            OnConflict::columns(["webhook_id", "delivery_key"].map(Alias::new)).do_nothing().to_owned();
        let mut insert = Query::insert()
            .into_table(Alias::new("board_webhook_payloads"))
            .columns(columns.map(Alias::new))
            .on_conflict(known)
            .returning_col(Alias::new("id"))
            .take();
        for delivery in chunk {
            let values: [Value; 11] = [
                delivery.payload_id.into(),
                delivery.board_id.into(),
                delivery.webhook_id.into(),
                delivery.payload.as_str().into(),
                delivery.headers.clone().unwrap_or(Value::String(None)),
                delivery.source_ip.as_str().into(),
                delivery.content_type.clone().into(),
                delivery.delivery_key.clone().into(),
                delivery.memory_id.into(),
                txn.now().into(),
                txn.now().into(),
            ];
            insert.values_panic(values.map(Into::into));
        }
        let ids: Vec<(Uuid,)> = txn.all(txn.render(&insert)).await?;
        stored.extend(ids.into_iter().map(|(id,)| id));
    }
    Ok(stored)
}

/// Takes away the memory entries of deliveries that had been stored before.
async fn forget(txn: &Txn, memory_ids: Vec<Uuid>) -> Result<(), StoreError> {
    let delete = Query::delete()
        .from_table(Alias::new("board_memory"))
        .and_where(Expr::col(Alias::new("id")).is_in(memory_ids))
        .take();
    txn.run(txn.render(&delete)).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
