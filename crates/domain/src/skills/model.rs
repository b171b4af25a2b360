use std::ops::Deref;

use chrono::{DateTime, Utc};
use mc_store::Json;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

/// The host from which packs come, and from which skills may come unless the operator says otherwise.
const GITHUB: &str = "github.com";
/// Where archives of packs are fetched unless the operator names a mirror.
const ARCHIVES: &str = "https://codeload.github.com";
/// The packs of a person's first organization unless the operator says otherwise.
const DEFAULT_PACKS: [&str; 2] = [
    "https://github.com/sickn33/antigravity-awesome-skills",
    "https://github.com/BrianRWagner/ai-marketing-skills",
];

/// Where skills may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The server of archives; `{owner}/{repo}/tar.gz/{ref}` is appended.
    pub archives: Url,
    /// The hosts whose addresses may be handed to agents, in lower case.
    pub hosts: Vec<String>,
    /// The packs of a person's first organization.
    pub default_packs: Vec<super::PackUrl>,
}

impl Default for Sources {
    fn default() -> Self {
        let packs = DEFAULT_PACKS.iter().filter_map(|url| super::PackUrl::parse(url).ok());
        Self {
            archives: ARCHIVES.parse().expect("a constant address"),
            hosts: vec![GITHUB.to_owned()],
            default_packs: packs.collect(),
        }
    }
}

/// A skill that an organization can install.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Skill {
    /// The id.
    pub id: Uuid,
    /// The tenant.
    pub organization_id: Uuid,
    /// The pack that lists it, or did so last; none for one that people added.
    pub pack_id: Option<Uuid>,
    /// The name.
    pub name: String,
    /// What it does, in its own words.
    pub description: Option<String>,
    /// The category that its pack gives it.
    pub category: Option<String>,
    /// The risk that its pack gives it.
    pub risk: Option<String>,
    /// Its place within its pack, or what the pack says of its origin.
    pub source: Option<String>,
    /// Where it lies; unique in the organization.
    pub source_url: String,
    /// What was found out about it while its pack was read.
    pub metadata: Json<Map<String, Value>>,
    /// Whether people gave it its name or description, so that a sync leaves them alone.
    pub is_edited: bool,
    /// Since when its pack does not list it any more.
    pub vanished_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A skill as one gateway has it or not, with all the gateways that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct SkillCard {
    /// The skill on the gateway that was asked for.
    pub row: SkillRow,
    /// The gateways that have it, or are to have it or to lose it, by name.
    pub installations: Vec<Installation>,
}

/// A skill on a gateway.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Installation {
    /// The skill.
    pub skill_id: Uuid,
    /// The gateway.
    pub gateway_id: Uuid,
    /// The name of the gateway.
    pub gateway_name: String,
    /// `requested`, `installed`, `failed`, `removing` or `removal_failed`.
    pub state: String,
    /// Since when it is installed, by the word of the gateway's main agent; none when it is not installed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Why it could not be installed or removed.
    pub last_error: Option<String>,
    /// When this last changed.
    pub updated_at: DateTime<Utc>,
}

/// A skill as one gateway has it, or not.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SkillRow {
    /// The skill.
    #[sqlx(flatten)]
    pub skill: Skill,
    /// When the gateway was first asked to install it; none when nobody asked for it.
    pub requested_at: Option<DateTime<Utc>>,
    /// Since when it is installed, by the word of the gateway's main agent; none when it has not said so.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// `requested`, `installed`, `failed`, `removing` or `removal_failed`; none when nobody asked for it.
    pub install_state: Option<String>,
    /// Why it could not be installed or removed.
    pub install_error: Option<String>,
}

impl SkillRow {
    /// Since when the skill counts as installed: from the request on, until it has failed or is to be removed. The
    /// state has the finer truth, and the time of the agent's report counts once there is one.
    #[must_use]
    pub fn installed_since(&self) -> Option<DateTime<Utc>> {
        match self.install_state.as_deref() {
            Some("requested" | "installed" | "removal_failed") => self.confirmed_at.or(self.requested_at),
            Some("failed") => self.confirmed_at,
            _ => None,
        }
    }
}

/// Which skills are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of name, description, category, risk or source, in any case.
    pub search: Option<String>,
    /// The category, in any case; `uncategorized` means none.
    pub category: Option<String>,
    /// The risk, in any case; `uncategorized` means none.
    pub risk: Option<String>,
    /// The pack in whose repository it lies.
    pub pack_id: Option<Uuid>,
    /// What the list is ordered by.
    pub sort: SkillSort,
    /// Whether the order is falling.
    pub is_descending: bool,
}

/// What a list of skills is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkillSort {
    /// When they were added.
    #[default]
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
    /// Their names, in any case.
    Name,
    /// Their categories, in any case.
    Category,
    /// Their risks, in any case.
    Risk,
    /// Where they lie.
    Source,
}

impl SkillSort {
    /// The names of the orders in requests.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("created_at", Self::CreatedAt),
        ("updated_at", Self::UpdatedAt),
        ("name", Self::Name),
        ("category", Self::Category),
        ("risk", Self::Risk),
        ("source", Self::Source),
    ];
}

/// How many skills have a label.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Facet {
    /// The label in lower case; empty for those without one.
    pub value: String,
    /// How many.
    pub count: i64,
}

/// What skills can be narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// The categories, by name.
    pub categories: Vec<Facet>,
    /// The risks, by name.
    pub risks: Vec<Facet>,
    /// How many skills there are without any filter but that of the pack.
    pub total: i64,
}

/// A skill to add by hand.
#[derive(Clone, Debug)]
pub struct NewSkill {
    /// Where it lies.
    pub source_url: Url,
    /// The name; made from the address when absent.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
}

/// A pack as its row is.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PackRow {
    /// The id.
    pub id: Uuid,
    /// The tenant.
    pub organization_id: Uuid,
    /// The name.
    pub name: String,
    /// What it is good for.
    pub description: Option<String>,
    /// The repository.
    pub source_url: String,
    /// The branch that is read; where it does not exist, the default branch.
    pub branch: String,
    /// Values of the caller's own.
    pub metadata: Json<Map<String, Value>>,
    /// When it was last read.
    pub last_synced_at: Option<DateTime<Utc>>,
    /// Why it could not be read the last time.
    pub last_sync_error: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A repository that lists skills.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Pack {
    /// Its row.
    #[sqlx(flatten)]
    pub row: PackRow,
    /// How many skills of the organization lie in its repository.
    pub skill_count: i64,
}

impl Deref for Pack {
    type Target = PackRow;
    fn deref(&self) -> &PackRow {
        &self.row
    }
}

/// A pack to add.
#[derive(Clone, Debug)]
pub struct NewPack {
    /// The repository.
    pub source_url: String,
    /// The name; made from the address when absent.
    pub name: Option<String>,
    /// What it is good for.
    pub description: Option<String>,
    /// The branch; one that cannot be means `main`.
    pub branch: String,
    /// Values of the caller's own.
    pub metadata: Map<String, Value>,
}

/// A change of a pack. What is absent stays.
#[derive(Clone, Debug, Default)]
pub struct PackChange {
    /// The repository.
    pub source_url: Option<String>,
    /// The name; `Some(None)` makes it from the address.
    pub name: Option<Option<String>>,
    /// What it is good for; `Some(None)` removes it.
    pub description: Option<Option<String>>,
    /// The branch.
    pub branch: Option<String>,
    /// Values of the caller's own, all of them.
    pub metadata: Option<Map<String, Value>>,
}

/// How reading a pack went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// How many skills the pack lists.
    pub synced: i64,
    /// How many of them are new.
    pub created: i64,
    /// How many of them changed.
    pub updated: i64,
    /// What was left out, and why.
    pub warnings: Vec<String>,
}
