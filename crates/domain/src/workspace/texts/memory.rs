//! MEMORY.md.

use super::super::Brief;

/// The empty memory of an agent.
pub(super) fn memory(_brief: &Brief<'_>) -> String {
    "# MEMORY.md\n\nWhat stays true for long: decisions with their reasons, preferences, lessons. No secrets.\n".to_owned()
}
