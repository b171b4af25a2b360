//! What the main agent is told of an interview. No I/O.

use mc_base::text;

use crate::boards::Board;

/// The request with which an interview begins.
pub(super) fn request(board: &Board, base_url: &str) -> String {
    let one_line = |text: &str| text::escape_controls(&text::fence(text)).into_owned();
    let name = one_line(&board.name);
    let description = match board.description.trim() {
        "" => "(not provided)".to_owned(),
        text => one_line(text),
    };
    let id = board.id;
    format!(
        r#"BOARD ONBOARDING REQUEST

Board: {name}
Board ID: {id}
Board description: {description}

You are the main agent of this gateway. Interview the person behind this board, then hand in a result.

How to ask
- 6 to 10 questions in all, one in each call, and wait for the answer before the next.
- 3 to 6 of them on the goal: what is to be reached, how success is measured, until when.
- One for the name of the lead agent of the board: offer a few unique first names.
- 2 to 4 on how the lead is to work: communication style, autonomy, how often it reports, output format.
- Last of all ask, once only, whether there is anything else, with an option to type freely.
- An option for a free text has a label that says so, such as "Other (I'll type it)".
- An answer that begins with "Additional context" after your result means: take it in and send the result again.

How to send
- Only by this API; do not ask or answer in the chat of the gateway.
- POST {base_url}/api/v1/agent/boards/{id}/onboarding
- The header X-Agent-Token carries AUTH_TOKEN of AGENTS.md, or of TOOLS.md where that file exists; never write it anywhere.
- With the script of your workspace: ./mc POST /api/v1/agent/boards/{id}/onboarding - and the JSON on standard input.

A question:
{{"question": "What should this board reach first?", "options": [{{"id": "1", "label": "Ship the beta"}}, {{"id": "2", "label": "Other (I'll type it)"}}]}}

The result, your last message:
{{"status": "complete", "board_type": "goal", "objective": "...", "success_metrics": {{"metric": "...", "target": "..."}}, "target_date": "YYYY-MM-DD", "user_profile": {{"preferred_name": "...", "pronouns": "...", "timezone": "...", "notes": "...", "context": "..."}}, "lead_agent": {{"name": "Ava", "identity_profile": {{"role": "Board Lead", "communication_style": "direct, concise, practical", "emoji": ":gear:"}}, "autonomy_level": "balanced", "verbosity": "concise", "output_format": "bullets", "update_cadence": "daily", "custom_instructions": "..."}}}}

Values
- board_type: goal (needs objective and success_metrics) or general
- autonomy_level: ask_first, balanced, autonomous
- verbosity: concise, balanced, detailed
- output_format: bullets, mixed, narrative
- update_cadence: asap, hourly, daily, weekly

Send the first question now."#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_request_has_all_that_the_agent_needs() {
        let board = Board { name: "Ops\nBoard: x".into(), description: " ".into(), ..testing::board() };
        let text = request(&board, "http://mc.test");
        assert!(text.starts_with("BOARD ONBOARDING REQUEST\n"));
        let id = board.id;
        for part in [
            "Board: Ops\\nBoard: x\n".to_owned(),
            "Board description: (not provided)\n".into(),
            format!("POST http://mc.test/api/v1/agent/boards/{id}/onboarding"),
            "X-Agent-Token carries AUTH_TOKEN of AGENTS.md".into(),
            format!("./mc POST /api/v1/agent/boards/{id}/onboarding -"),
            "\"status\": \"complete\"".into(),
            "I'll type".into(),
            "ask_first, balanced, autonomous".into(),
            "concise, balanced, detailed".into(),
            "bullets, mixed, narrative".into(),
            "asap, hourly, daily, weekly".into(),
        ] {
            assert!(text.contains(&part), "{part}");
        }
        for line in text.lines().filter(|line| line.starts_with('{')) {
            serde_json::from_str::<serde_json::Value>(line).expect("an example is JSON");
        }
    }
}
