//! BOOTSTRAP.md: the first start.

use super::{super::Brief, access_file};

/// What an agent does once.
pub(super) fn bootstrap(brief: &Brief<'_>) -> String {
    format!(
        "# First start\n\n\
         Nobody has to be present; do not wait for anybody and ask nothing.\n\n\
         1. Make the script `mc` as {} says, and check in: `./mc POST /api/v1/agent/heartbeat`\n\
         2. Make the folder `memory`.\n\
         3. Delete this file.",
        access_file(brief.dialect)
    )
}
