//! How the agent reaches the server: address, token, and a script for the calls. TOOLS.md, or a section of AGENTS.md.

use std::fmt::Write;

use secrecy::ExposeSecret;

use super::super::{Brief, Dialect, quote};

/// Writes the script `mc` into the workspace. It reads address and token from the file, so that the token stands in no
/// command, and a new one needs no new script. The header reaches `curl` by its standard input, where no list of
/// processes shows it.
const SCRIPT: &str = r#"```sh
cat > mc <<'SCRIPT'
#!/bin/sh
# mc METHOD PATH [JSON]: one call to Mission Control. With - the JSON comes from standard input.
cd "$(dirname "$0")" || exit 1
value() { sed -n "s/^$1=//p" AGENTS.md TOOLS.md 2>/dev/null | head -n 1; }
path=$(printf %s "$2" | sed "s/{board_id}/$(value BOARD_ID)/")
if [ "${3-}" = - ]; then body=$(cat); else body=${3-}; fi
out=$(printf 'header = "%s"\n' "X-Agent-Token: $(value AUTH_TOKEN)" "Content-Type: application/json" |
  curl -gsS -m 60 -K - -X "$1" -w '%{http_code}' ${body:+--data-raw "$body"} "$(value BASE_URL)$path") || exit 1
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
        "BASE_URL={}\nAUTH_TOKEN={}\nAGENT_NAME={}\nAGENT_ID={}\n",
        brief.base_url,
        brief.token.expose_secret(),
        quote::line(&agent.name, 100),
        agent.id,
    );
    if let Some(board) = brief.board {
        let _ = writeln!(values, "BOARD_ID={}", board.id);
    }
    let _ = write!(
        values,
        "WORKSPACE_ROOT={}\nWORKSPACE_PATH={}",
        quote::line(&brief.gateway.workspace_root, 1_000),
        quote::line(brief.workspace_path, 1_000)
    );
    let head = match brief.dialect {
        Dialect::List => "# TOOLS.md",
        Dialect::Entries => "## Access",
    };
    format!(
        "{head}\n\n\
         ```text\n{values}\n```\n\n\
         Every request has the header `X-Agent-Token` with the value of `AUTH_TOKEN`. It is secret: it goes into no \
         comment, chat, memory or other file. If the script `mc` is missing, make it in this folder; any other HTTP \
         client does as well.\n\n{SCRIPT}\n\n\
         `mc` puts your board into `{{board_id}}`; all other words in capitals are yours to fill in. What you may call, with \
         when to use it (`format=json` has the schemas of {openapi}):\n\n\
         ```sh\n./mc GET '/api/v1/agent/operations?format=text'\n```\n\n\
         Take methods and paths from there and never guess one. When nothing fits, ask one question.",
        openapi = "the requests",
    )
}
