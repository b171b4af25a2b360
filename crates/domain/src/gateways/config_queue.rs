//! Changes to the configuration of gateways wait for each other. Gateways take few changes a minute, so those that
//! wait at the same time go in one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use mc_openclaw::{api::ConfigPatched, config::Changes};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{port::Target, rpc::Answer};

/// The queues of this process, one for each gateway that has changes waiting.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfigQueues(Arc<Mutex<HashMap<Key, Weak<ConfigQueue>>>>);

/// A stored gateway, or the address of one that is only being tried out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Stored(Uuid),
    Address(String),
}

impl ConfigQueues {
    /// The queue of a gateway.
    pub(super) fn of(&self, target: &Target) -> Arc<ConfigQueue> {
        let key = target.gateway_id.map_or_else(|| Key::Address(target.url.clone()), Key::Stored);
        let mut queues = lock(&self.0);
        if let Some(queue) = queues.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        queues.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::default();
        queues.insert(key, Arc::downgrade(&queue));
        queue
    }
}

/// The changes that wait for one gateway.
#[derive(Debug, Default)]
pub(super) struct ConfigQueue {
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    changes: Changes,
    outcome: oneshot::Sender<Answer<ConfigPatched>>,
}

impl ConfigQueue {
    /// Makes a change when it is its turn: together with all that wait by then, or as part of another's turn.
    ///
    /// A refusal that is not for a time may be somebody else's fault: then each change is made for itself.
    pub(super) async fn apply<F: Future<Output = Answer<ConfigPatched>>>(
        &self,
        changes: Changes,
        patch: impl Fn(Changes) -> F,
    ) -> Answer<ConfigPatched> {
        let (outcome, mut done) = oneshot::channel();
        lock(&self.waiting).push(Waiting { changes: changes.clone(), outcome });
        let _turn = self.turn.lock().await;
        if let Ok(answer) = done.try_recv() {
            return answer;
        }
        // Either nobody has taken it up yet, or whoever did has given up: then it is no longer in the list.
        let mut all = changes.clone();
        let mut others = std::mem::take(&mut *lock(&self.waiting));
        done.close();
        others.retain(|other| !other.outcome.is_closed());
        for other in &others {
            all.merge(other.changes.clone());
        }
        let answer = patch(all).await;
        match &answer {
            Err(error) if !others.is_empty() && !error.is_transient() => {
                drop(others);
                patch(changes).await
            }
            _ => {
                for other in others {
                    // Nobody listens any more when its caller has gone.
                    let _ = other.outcome.send(answer.clone());
                }
                answer
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use mc_openclaw::config::AgentEntry;
    use tokio::sync::Notify;

    use super::{
        super::port::{Failure, GatewayError},
        *,
    };

    fn change(id: &str) -> Changes {
        Changes { agents: vec![AgentEntry { id: id.into(), ..AgentEntry::default() }], ..Changes::default() }
    }

    fn ids(changes: &Changes) -> Vec<String> {
        let mut ids: Vec<String> = changes.agents.iter().map(|agent| agent.id.clone()).collect();
        ids.sort();
        ids
    }

    /// Runs three changes: the first is under way until the others wait.
    async fn three(
        answer: impl Fn(&[String]) -> Answer<ConfigPatched>,
    ) -> (Vec<Vec<String>>, Vec<Answer<ConfigPatched>>) {
        let queue = ConfigQueue::default();
        let (patches, gate) = (Mutex::new(Vec::new()), Notify::new());
        let patch = |changes: Changes| {
            let ids = ids(&changes);
            let outcome = answer(&ids);
            let is_first = ids == ["a"] && lock(&patches).is_empty();
            lock(&patches).push(ids);
            let gate = &gate;
            async move {
                if is_first {
                    gate.notified().await;
                }
                outcome
            }
        };
        let open = async {
            while lock(&queue.waiting).len() < 2 {
                tokio::task::yield_now().await;
            }
            gate.notify_one();
        };
        let (a, b, c, ()) = tokio::join!(
            queue.apply(change("a"), patch),
            queue.apply(change("b"), patch),
            queue.apply(change("c"), patch),
            open,
        );
        (patches.into_inner().unwrap(), vec![a, b, c])
    }

    #[tokio::test]
    async fn changes_that_wait_go_in_one_patch() {
        let (patches, answers) = three(|_| Ok(ConfigPatched::Changed)).await;
        assert_eq!(patches, [vec!["a"], vec!["b", "c"]]);
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }

    #[tokio::test]
    async fn a_change_that_is_refused_does_not_refuse_the_others() {
        let (patches, answers) = three(|ids| match ids.iter().any(|id| id == "b") {
            true => Err(GatewayError::new(Failure::Refused, "no such key")),
            false => Ok(ConfigPatched::Changed),
        })
        .await;
        assert_eq!(patches, [vec!["a"], vec!["b", "c"], vec!["b"], vec!["c"]]);
        let refused: Vec<bool> = answers.iter().map(Result::is_err).collect();
        assert_eq!(refused, [false, true, false]);
    }

    #[tokio::test]
    async fn a_failure_for_a_time_is_everybodys() {
        let busy = || GatewayError::new(Failure::Busy, "rate limit");
        let (patches, answers) = three(|_| Err(busy())).await;
        assert_eq!(patches, [vec!["a"], vec!["b", "c"]]);
        assert!(answers.iter().all(|answer| *answer == Err(busy())), "{answers:?}");
    }

    #[tokio::test]
    async fn a_change_whose_turn_was_cut_off_is_made_by_those_who_wait() {
        let queue = Arc::new(ConfigQueue::default());
        let never = |_| std::future::pending();
        let mut first = Box::pin(queue.apply(change("a"), never));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut second = Box::pin(queue.apply(change("b"), never));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert!(futures_util::poll!(&mut second).is_pending());
        let mut third = Box::pin(queue.apply(change("c"), |changes| async move {
            assert_eq!(ids(&changes), ["c"]);
            Ok(ConfigPatched::Changed)
        }));
        assert!(futures_util::poll!(&mut third).is_pending());
        drop(second);
        assert_eq!(third.await, Ok(ConfigPatched::Changed));
    }

    #[test]
    fn each_gateway_has_a_queue_while_somebody_needs_it() {
        let queues = ConfigQueues::default();
        let target = |id: u128| Target {
            gateway_id: (id > 0).then_some(Uuid::from_u128(id)),
            url: "ws://gateway".into(),
            token: None,
            allow_insecure_tls: false,
            disable_device_pairing: false,
            reads_only: false,
        };
        let one = queues.of(&target(1));
        assert!(Arc::ptr_eq(&one, &queues.of(&target(1))));
        assert!(!Arc::ptr_eq(&one, &queues.of(&target(2))));
        drop(one);
        let _other = queues.of(&target(0));
        assert_eq!(lock(&queues.0).len(), 1);
    }
}
