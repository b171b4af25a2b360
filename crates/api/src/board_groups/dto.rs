use mc_base::{Timestamp, text::DESCRIPTION_MAX};
use mc_domain::{
    board_groups::{BoardGroup, BoardGroupChange, Cadence, NewBoardGroup, heartbeat::Outcome},
    boards::snapshot_group::GroupSnapshotOptions,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};
use uuid::Uuid;

use crate::fields::{Field, Int, Patch, Reader, Sent, Text};

/// The most tasks that a snapshot shows of a board, whatever is asked for.
const TASKS_MAX: i64 = 1_000;

crate::body! {
    /// A board group to make.
    pub(crate) struct BoardGroupCreate {
        /// The name; not unique.
        name: Text<255>,
        /// A short name for addresses; made from the name when blank.
        slug: Text<255>,
        /// What the boards have in common.
        description: Option<Text<DESCRIPTION_MAX>>,
    }
}

impl From<BoardGroupCreate> for NewBoardGroup {
    fn from(body: BoardGroupCreate) -> Self {
        Self {
            name: body.name.into(),
            slug: body.slug.into(),
            description: body.description.map(String::from),
        }
    }
}

crate::body! {
    /// A change of a board group. What is left out stays.
    pub(crate) struct BoardGroupUpdate {
        /// The name.
        name: Sent<Text<255>>,
        /// A short name for addresses; made from the name when blank.
        slug: Sent<Text<255>>,
        /// What the boards have in common.
        description: Patch<Text<DESCRIPTION_MAX>>,
    }
}

impl From<BoardGroupUpdate> for BoardGroupChange {
    fn from(body: BoardGroupUpdate) -> Self {
        Self {
            name: body.name.0.map(String::from),
            slug: body.slug.0.map(String::from),
            description: body.description.0.map(|text| text.map(String::from)),
        }
    }
}

crate::query! {
    /// What the snapshot of a group holds.
    pub(crate) struct BoardGroupSnapshotQuery {
        /// Also tasks that are done.
        include_done: bool = false,
        /// The most tasks of each board; at most 1,000 are shown.
        per_board_task_limit: Int<0, { i64::MAX }> = 5,
    }
}

impl From<BoardGroupSnapshotQuery> for GroupSnapshotOptions {
    fn from(query: BoardGroupSnapshotQuery) -> Self {
        Self {
            include_self: true,
            include_done: query.include_done,
            tasks_per_board: query.per_board_task_limit.0.min(TASKS_MAX),
        }
    }
}

impl Field for Cadence {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = Text::<100>::read(value, reader)?;
        Self::parse_wide(&text).map_err(|reason| reader.value_error(reason, Some(value))).ok()
    }
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).build().into()
    }
}

crate::body! {
    /// How often the agents of a group are to check in.
    pub(crate) struct BoardGroupHeartbeatApply {
        /// A number and a unit (s, m, h, d or w), from `1s` to ten years (`3650d`); `0m` turns heartbeats off.
        every: Cadence,
        /// Also the leads of the boards.
        include_board_leads: bool = false,
    }
}

/// What became of a new cadence.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardGroupHeartbeatApplyResult {
    board_group_id: Uuid,
    /// What was asked for: `every`, in lower case and without blanks, and `include_board_leads`.
    requested: Map<String, Value>,
    /// The agents whose settings were changed.
    updated_agent_ids: Vec<Uuid>,
    /// Those of them whose gateway does not have the new settings. They are brought again later where that can help.
    failed_agent_ids: Vec<Uuid>,
}

impl BoardGroupHeartbeatApplyResult {
    pub(crate) fn new(board_group_id: Uuid, requested: &BoardGroupHeartbeatApply, outcome: Outcome) -> Self {
        Self {
            board_group_id,
            requested: Map::from_iter([
                ("every".to_owned(), requested.every.as_str().into()),
                ("include_board_leads".to_owned(), requested.include_board_leads.into()),
            ]),
            updated_agent_ids: outcome.updated,
            failed_agent_ids: outcome.failed,
        }
    }
}

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
