//! BOOTSTRAP.md: the first start.

use super::{
    super::{AgentKind, Brief},
    access_file,
};

/// What an agent does once.
pub(super) fn bootstrap(brief: &Brief<'_>) -> String {
    let access = access_file(brief.dialect);
    let status = match brief.kind() {
        AgentKind::Lead => "Fill in the delivery status in MEMORY.md: goal, state, one next step. ",
        AgentKind::Worker | AgentKind::Main => "",
    };
    format!(
        "# BOOTSTRAP.md\n\n\
         Your first start. Nobody has to be there: ask nothing, wait for nobody, leave blanks blank.\n\n\
         1. Make the script `mc` with the block in {access}. It needs `curl`; when that is missing, any HTTP client does.\n\
         2. Check in:\n\n\
         ```sh\n./mc POST /api/v1/agent/heartbeat\n```\n\n\
         3. Look around: who you are to Mission Control, and what you may call.\n\n\
         ```sh\n./mc GET /api/v1/agent/healthz\n./mc GET '/api/v1/agent/operations?format=text'\n```\n\n\
         4. {status}Note the first start with its date, then delete this file.\n\n\
         ```sh\nmkdir -p memory\necho \"- $(date -u +%F) first start, checked in\" >> MEMORY.md\nrm -f BOOTSTRAP.md\n```"
    )
}
