//! Messages to agents about decisions.

use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::{agent, ask, ask_as, board, connected_board, decide, messages, ok, task, text};
use crate::testing::TestServer;

#[tokio::test]
async fn the_lead_and_the_agent_that_asked_are_told_of_each_decision_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (board, _) = connected_board(&server).await;
        let (ada, lead) = agent(&server, board, "Ada", true).await;
        let (bob, worker) = agent(&server, board, "Bob", false).await;
        let task = task(&server, board, "x").await;
        let before = messages(&server).await.len();
        let asked = ok(ask_as(&server, &worker, board, json!({"task_id": task["id"]})).await);
        assert_eq!(messages(&server).await.len(), before, "a request is no message");
        let approve = json!({"status": "approved", "decision_note": "carefully"});
        ok(decide(&server, &asked, approve.clone()).await);
        ok(decide(&server, &asked, approve).await);
        let told = messages(&server).await.split_off(before);
        let expected = [
            (ada.id, "approval.lead_notified", "approval.lead_notify_failed"),
            (bob.id, "approval.requester_notified", "approval.requester_notify_failed"),
        ];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (message, (agent_id, sent, failed)) in told.iter().zip(expected) {
            assert_eq!(message["agent_id"], json!(agent_id));
            assert_eq!((&message["board_id"], &message["task_id"]), (&json!(board), &task["id"]));
            assert_eq!((&message["sent_event"], &message["failed_event"]), (&json!(sent), &json!(failed)));
            assert_eq!(message["deliver"], json!(false));
            let words = text(&message["message"]);
            let lines: Vec<&str> = words.lines().collect();
            let (approval_id, task_id) =
                (format!("Approval ID: {}", text(&asked["id"])), format!("Task ID: {}", text(&task["id"])));
            let expected = [
                "APPROVAL RESOLVED",
                "Board: Ops",
                &approval_id,
                "Action: task.execute",
                "Decision: approved",
                "Confidence: 88.75",
                &task_id,
            ];
            assert_eq!(lines[..7], expected);
            assert!(lines[7].starts_with("Decided by: ") && words.contains("\ncarefully\n"), "{words}");
            assert!(!words.contains("it is time"), "the payload is not passed on");
        }
        // A lead that asked itself is told once; opening again is no decision.
        let own = ok(ask_as(&server, &lead, board, json!({})).await);
        ok(decide(&server, &own, json!({"status": "rejected"})).await);
        ok(decide(&server, &own, json!({"status": "pending"})).await);
        let told = messages(&server).await.split_off(before + 2);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(text(&told[0]["message"]).contains("\nDecision: rejected\n"));
        // A decision that is recorded at once is one too.
        ok(ask(&server, board, json!({"agent_id": bob.id, "status": "approved"})).await);
        assert_eq!(messages(&server).await.len(), before + 5);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_on_a_board_without_a_gateway() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (_, lead) = agent(&server, board, "Ada", true).await;
        let asked = ok(ask_as(&server, &lead, board, json!({})).await);
        ok(decide(&server, &asked, json!({"status": "approved"})).await);
        assert_eq!(messages(&server).await, Vec::<Value>::new());
    })
    .await;
}
