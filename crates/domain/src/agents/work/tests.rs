use super::*;
use crate::testing;

#[test]
fn phrases_name_what_there_is() {
    assert!(!Work::default().is_any() && Work::default().phrases().is_empty());
    let work = Work { assigned: 1, rework: 1, review: 2, mentions: 1, ..Work::default() };
    assert_eq!(work.phrases(), ["1 task of yours", "2 tasks to review", "1 message for you"]);
    assert!(work.is_any() && work.is_news());
    let lasting = Work { assigned: 1, ..Work::default() };
    assert!(lasting.is_any() && !lasting.is_news());
    assert_eq!(lasting.lasting(), Work { rework: 1, ..lasting }.lasting());
    assert_ne!(lasting.lasting(), Work { assigned: 2, ..Work::default() }.lasting());
    let later = Work { newest: DateTime::from_timestamp(5, 0), ..lasting };
    assert_ne!(lasting.lasting(), later.lasting());
}

#[test]
fn news_are_what_others_said_since_and_for_whom() {
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
    let (ada, bob) = (testing::agent("Ada"), testing::agent("Bob"));
    let lead = Agent { is_board_lead: true, ..testing::agent("Lea") };
    let elsewhere = Agent { board_id: Some(Uuid::from_u128(9)), ..testing::agent("Eve") };
    let said = |author: Option<&Agent>, assignee: Option<&Agent>, content: &str, seconds| reads::Said {
        board_id: Uuid::from_u128(1),
        author_agent_id: author.map(|agent| agent.id),
        assigned_agent_id: assignee.map(|agent| agent.id),
        content: content.into(),
        created_at: at(seconds),
    };
    let decided = |agent: &Agent, seconds| reads::Happened {
        board_id: Uuid::from_u128(1),
        agent_id: Some(agent.id),
        is_for_lead: true,
        at: at(seconds),
    };
    let payload = |agent: Option<&Agent>| reads::Happened {
        board_id: Uuid::from_u128(1),
        agent_id: agent.map(|agent| agent.id),
        is_for_lead: agent.is_none(),
        at: at(20),
    };
    let news = News {
        chat: vec![
            said(None, None, "hello @bob", 20),
            said(Some(&bob), None, "", 20),
            said(Some(&bob), None, "@bob myself", 20),
            said(None, None, "@bob long ago", 10),
        ],
        comments: vec![said(Some(&lead), Some(&bob), "", 20), said(Some(&lead), Some(&ada), "ask @bob", 20)],
        approvals: vec![decided(&bob, 20), decided(&ada, 20), decided(&bob, 10)],
        payloads: vec![payload(None), payload(Some(&bob))],
    };
    let count = |agent: &Agent| {
        let mut work = Work::default();
        news.count(Reader { agent, since: at(10) }, &mut work);
        [work.mentions, work.chat, work.comments, work.approvals, work.webhooks]
    };
    assert_eq!(count(&bob), [2, 0, 1, 1, 1]);
    assert_eq!(count(&lead), [0, 3, 0, 2, 1]);
    assert_eq!(count(&ada), [0, 0, 1, 1, 0]);
    assert_eq!(count(&elsewhere), [0; 5]);
}
