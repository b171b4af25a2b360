//! Wake-up calls after a commit. They are hints: the tables are the truth, and readers also look by
//! themselves from time to time.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the readers of this process, and through PostgreSQL those of the other replicas.
#[derive(Clone, Debug, Default)]
pub struct Signals(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    events: Notify,
    jobs: Notify,
    replicas: Notify,
}

impl Signals {
    /// The event log has grown, here or on another replica.
    pub(crate) fn events_arrived(&self) {
        self.0.events.notify_one();
    }

    /// Jobs may be due, here or because another replica enqueued them.
    pub fn jobs_arrived(&self) {
        self.0.jobs.notify_one();
    }

    /// This process wrote something that other replicas want to know.
    pub(crate) fn tell_replicas(&self) {
        self.0.replicas.notify_one();
    }

    pub(crate) async fn events(&self) {
        self.0.events.notified().await;
    }

    /// Waits until jobs may be due. One waiter a process: the job runner.
    pub async fn jobs(&self) {
        self.0.jobs.notified().await;
    }

    pub(crate) async fn replicas(&self) {
        self.0.replicas.notified().await;
    }
}
