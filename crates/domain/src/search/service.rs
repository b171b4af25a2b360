//! Use cases of finding.

use super::{Found, queries, rules::Wanted};
use crate::{Context, Result, access::OrgMember, board_groups};

/// What the member may see of the organization and is called like the text, at most `limit` of each kind.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(context: &Context, scope: &OrgMember, text: &str, limit: u64) -> Result<Found> {
    let wanted = Wanted::of(text);
    if wanted.words.is_empty() {
        return Ok(Found::default());
    }
    let store = context.store();
    let (member, rights) = (scope.member(), scope.readable_boards());
    let groups = board_groups::queries::readable_ids(store, member).await?;
    let gateways = async {
        if member.is_admin() {
            queries::gateways(store, member.organization_id, &wanted, limit).await
        } else {
            Ok(Vec::new())
        }
    };
    let (boards, board_groups, tasks, agents, gateways, tags) = tokio::try_join!(
        queries::boards(store, rights, &wanted, limit),
        queries::board_groups(store, member.organization_id, groups, &wanted, limit),
        queries::tasks(store, rights, &wanted, limit),
        queries::agents(store, member, rights, &wanted, limit),
        gateways,
        queries::tags(store, member.organization_id, &wanted, limit),
    )?;
    Ok(Found { boards, board_groups, tasks, agents, gateways, tags })
}
