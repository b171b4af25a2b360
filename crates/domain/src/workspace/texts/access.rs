//! How the agent reaches the server: address, token, and a script for the calls.

use std::fmt::Write;

use secrecy::ExposeSecret;

use super::super::{Brief, quote};

/// Writes the script `mc` into the workspace. It reads address and token from the file, so that the token stands in no
/// command, and a new one needs no new script.
const SCRIPT: &str = r#"```sh
cat > mc <<'SCRIPT'
#!/bin/sh
# mc METHOD PATH [JSON]: one call to Mission Control. With - the JSON comes from standard input.
cd "$(dirname "$0")" || exit 1
value() { sed -n "s/^$1=//p" AGENTS.md TOOLS.md 2>/dev/null | head -n 1; }
if [ "${3-}" = - ]; then body=$(cat); else body=${3-}; fi
out=$(printf 'header = "%s"\n' "X-Agent-Token: $(value AUTH_TOKEN)" 'Content-Type: application/json' |
  curl -gsS -m 60 -K - -X "$1" -w '%{http_code}' ${body:+--data-raw "$body"} "$(value BASE_URL)$2") || exit 1
code=${out#"${out%???}"}
printf '%s\n' "${out%???}"
[ "$code" -lt 400 ] || { echo "HTTP $code" >&2; exit 1; }
SCRIPT
chmod +x mc
```"#;

/// The section on the API.
pub(super) fn access(brief: &Brief<'_>) -> String {
    let agent = brief.agent;
    let mut values = format!(
        "BASE_URL={}\nAUTH_TOKEN={}\nAGENT_ID={}\nAGENT_NAME={}\n",
        brief.base_url,
        brief.token.expose_secret(),
        agent.id,
        quote::line(&agent.name, 100),
    );
    if let Some(board) = brief.board {
        let _ = writeln!(values, "BOARD_ID={}", board.id);
    }
    let _ = write!(values, "WORKSPACE_PATH={}", quote::line(brief.workspace_path, 1_000));
    format!(
        "## Access to Mission Control\n\n\
         ```text\n{values}\n```\n\n\
         Each request carries the header `X-Agent-Token` with AUTH_TOKEN. The token is secret: never write it into a \
         comment, a chat, a memory or another file. Any HTTP client will do; with a shell and `curl` make this script \
         once, in the folder of this file:\n\n{SCRIPT}"
    )
}
