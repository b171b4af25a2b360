//! Requests that wait for their answers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::error::Error;

type Answer = Result<Value, Error>;

/// The waiting requests of one connection by id; closed for good when the connection ends.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<String, oneshot::Sender<Answer>>,
    closed: Option<Error>,
}

/// Forgets a request whose caller has gone.
#[derive(Debug)]
pub(crate) struct Ticket<'a> {
    pending: &'a Pending,
    id: String,
}

impl Pending {
    /// Enters a request; an error when the connection has ended already, so that nothing was sent.
    pub(crate) fn enter(&self, id: &str) -> Result<(Ticket<'_>, oneshot::Receiver<Answer>), Error> {
        let mut state = self.lock();
        if let Some(error) = &state.closed {
            return Err(Error::NotConnected(error.to_string()));
        }
        let (sender, receiver) = oneshot::channel();
        state.waiting.insert(id.to_owned(), sender);
        Ok((Ticket { pending: self, id: id.to_owned() }, receiver))
    }

    /// Hands an answer to its request; false when nobody waits for it.
    pub(crate) fn answer(&self, id: &str, answer: Answer) -> bool {
        let sender = self.lock().waiting.remove(id);
        sender.is_some_and(|sender| sender.send(answer).is_ok())
    }

    /// Ends all waiting requests, and refuses new ones.
    pub(crate) fn close(&self, error: &Error) {
        let mut state = self.lock();
        state.closed.get_or_insert_with(|| error.clone());
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for sender in waiting.into_values() {
            // A caller that has gone does not need to hear of it.
            let _ = sender.send(Err(error.clone()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock, and a map is never half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.pending.lock().waiting.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn answers_find_their_requests_and_the_end_reaches_all() {
        let pending = Pending::default();
        let (_first, one) = pending.enter("1").unwrap();
        let (second, _gone) = pending.enter("2").unwrap();
        let (_third, three) = pending.enter("3").unwrap();
        drop(second);
        assert!(!pending.answer("2", Ok(json!(2))), "its caller has gone");
        assert!(!pending.answer("9", Ok(json!(9))), "it was never asked");
        assert!(pending.answer("1", Ok(json!(1))));
        assert!(!pending.answer("1", Ok(json!(1))), "one answer is enough");
        pending.close(&Error::Closed { code: Some(1012), reason: "service restart".to_owned() });
        assert_eq!(one.await.unwrap().unwrap(), json!(1));
        assert!(three.await.unwrap().unwrap_err().outcome_unknown());
        let refused = pending.enter("4").unwrap_err();
        assert!(!refused.outcome_unknown() && refused.is_transient(), "{refused}");
    }
}
