use super::*;
use crate::testing::{on_both, only_postgres};
use std::collections::BTreeSet;

fn event(organization: Uuid, n: u64) -> NewEvent {
    NewEvent::new("test.happened", organization).message(n.to_string())
}

fn messages(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.message.clone().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_tail_sees_what_commits_after_it_started_and_nothing_that_was_rolled_back() {
    on_both(|store| async move {
        let organization = store.ids().next();
        let txn = store.begin().await.unwrap();
        txn.append(event(organization, 0)).await.unwrap();
        txn.commit().await.unwrap();

        let mut tail = Tail::start(&store).await.unwrap();
        let txn = store.begin().await.unwrap();
        txn.append(event(organization, 1)).await.unwrap();
        drop(txn);
        let txn = store.begin().await.unwrap();
        txn.append(event(organization, 2)).await.unwrap();
        txn.append(event(organization, 3)).await.unwrap();
        txn.commit().await.unwrap();

        let mut seen = Vec::new();
        while seen.len() < 2 {
            seen.extend(tail.next().await.unwrap());
        }
        assert_eq!(messages(&seen), ["2", "3"]);
        assert_eq!(tail.position(), seen[1].position);
    })
    .await;
}

#[tokio::test]
async fn a_tail_waits_for_a_commit_that_is_late() {
    only_postgres(|store| async move {
        let organization = store.ids().next();
        let mut tail = Tail::start(&store).await.unwrap();
        let late = store.begin().await.unwrap();
        late.append(event(organization, 1)).await.unwrap();
        let early = store.begin().await.unwrap();
        early.append(event(organization, 2)).await.unwrap();
        early.commit().await.unwrap();
        // Looks several times at the hole: the later event must not be handed out.
        for _ in 0..5 {
            assert_eq!(tail.poll().await.unwrap(), []);
        }
        late.commit().await.unwrap();
        let mut seen = Vec::new();
        while seen.len() < 2 {
            seen.extend(tail.next().await.unwrap());
        }
        assert_eq!(messages(&seen), ["1", "2"]);
    })
    .await;
}

#[tokio::test]
async fn a_tail_goes_on_when_the_late_one_gives_up() {
    only_postgres(|store| async move {
        let organization = store.ids().next();
        let mut tail = Tail::start(&store).await.unwrap();
        let never = store.begin().await.unwrap();
        never.append(event(organization, 1)).await.unwrap();
        let early = store.begin().await.unwrap();
        early.append(event(organization, 2)).await.unwrap();
        early.commit().await.unwrap();
        assert_eq!(tail.poll().await.unwrap(), []);
        drop(never);
        assert_eq!(messages(&tail.next().await.unwrap()), ["2"]);
    })
    .await;
}

#[tokio::test]
async fn no_event_is_missed_or_doubled_among_many_writers() {
    on_both(|store| async move {
        let organization = store.ids().next();
        let mut tail = Tail::start(&store).await.unwrap();
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..8_u64 {
            let store = store.clone();
            writers.spawn(async move {
                for n in 0..25 {
                    let txn = store.begin().await.unwrap();
                    txn.append(event(organization, writer * 100 + n)).await.unwrap();
                    // Every third gives up, which leaves a hole on PostgreSQL.
                    if n % 3 == 0 {
                        drop(txn);
                    } else {
                        txn.commit().await.unwrap();
                    }
                }
            });
        }
        let expected: BTreeSet<String> = (0..8_u64)
            .flat_map(|writer| (0..25).filter(|n| n % 3 != 0).map(move |n| (writer * 100 + n).to_string()))
            .collect();
        let mut seen = Vec::new();
        let read = async {
            while seen.len() < expected.len() {
                seen.extend(tail.next().await.unwrap());
            }
        };
        tokio::time::timeout(Duration::from_secs(30), read).await.expect("every event arrives");
        while writers.join_next().await.is_some() {}
        assert!(seen.windows(2).all(|pair| pair[0].position < pair[1].position));
        assert_eq!(messages(&seen).into_iter().collect::<BTreeSet<_>>(), expected);
        assert_eq!(seen.len(), expected.len());
    })
    .await;
}

#[tokio::test]
async fn events_that_are_appended_together_keep_their_order() {
    on_both(|store| async move {
        let organization = store.ids().next();
        let mut tail = Tail::start(&store).await.unwrap();
        let txn = store.begin().await.unwrap();
        txn.append_all((0..45).map(|n| event(organization, n)).collect()).await.unwrap();
        txn.append_all(Vec::new()).await.unwrap();
        txn.append_all(vec![event(organization, 45)]).await.unwrap();
        txn.commit().await.unwrap();
        let mut seen = Vec::new();
        while seen.len() < 46 {
            seen.extend(tail.next().await.unwrap());
        }
        let expected: Vec<String> = (0..46).map(|n: i32| n.to_string()).collect();
        assert_eq!(messages(&seen), expected);
    })
    .await;
}
