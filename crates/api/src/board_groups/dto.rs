use mc_base::Timestamp;
use mc_domain::board_groups::BoardGroup;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Boards that belong together.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardGroupRead {
    name: String,
    slug: String,
    /// What the boards have in common.
    description: Option<String>,
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<BoardGroup> for BoardGroupRead {
    fn from(group: BoardGroup) -> Self {
        Self {
            name: group.name,
            slug: group.slug,
            description: group.description,
            id: group.id,
            organization_id: group.organization_id,
            created_at: group.created_at.into(),
            updated_at: group.updated_at.into(),
        }
    }
}
