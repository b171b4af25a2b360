use mc_base::{
    Timestamp,
    text::{DESCRIPTION_MAX, NAME_MAX},
};
use mc_domain::skills::{
    Installation, NewPack, NewSkill, Pack, PackChange, Report, Skill, SkillCard, SyncReport,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use super::address::WebAddress;
use crate::fields::{Field, NonEmpty, Patch, Reader, Request, Sent, Text, names_schema, read_name};

crate::query! {
    /// For which gateway.
    pub(crate) struct MarketplaceGatewayQuery {
        /// The gateway whose main agent is asked.
        gateway_id: Uuid,
    }
}

crate::body! {
    /// A skill to add.
    pub(crate) struct MarketplaceSkillCreate {
        /// Where it lies: a folder with a `SKILL.md`, on a trusted host.
        source_url: WebAddress,
        /// The name; made from the address when absent.
        name: Option<NonEmpty<NAME_MAX>>,
        /// What it does.
        description: Option<Text<DESCRIPTION_MAX>>,
    }
}

impl From<MarketplaceSkillCreate> for NewSkill {
    fn from(body: MarketplaceSkillCreate) -> Self {
        Self {
            source_url: body.source_url.0,
            name: body.name.map(String::from),
            description: body.description.map(String::from),
        }
    }
}

/// A skill that the organization can install.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarketplaceSkillRead {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    description: Option<String>,
    category: Option<String>,
    /// The risk that its pack gives it.
    risk: Option<String>,
    /// Its place within its pack.
    source: Option<String>,
    /// Where it lies.
    source_url: String,
    /// What was found out about it while its pack was read.
    metadata: Map<String, Value>,
    /// The pack that lists it, or did so last.
    pack_id: Option<Uuid>,
    /// Since when its pack does not list it any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    vanished_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Skill> for MarketplaceSkillRead {
    fn from(skill: Skill) -> Self {
        Self {
            id: skill.id,
            organization_id: skill.organization_id,
            name: skill.name,
            description: skill.description,
            category: skill.category,
            risk: skill.risk,
            source: skill.source,
            source_url: skill.source_url,
            metadata: skill.metadata.0,
            pack_id: skill.pack_id,
            vanished_at: skill.vanished_at.map(Timestamp::from),
            created_at: skill.created_at.into(),
            updated_at: skill.updated_at.into(),
        }
    }
}

/// A skill as one gateway has it, or not.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarketplaceSkillCardRead {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    description: Option<String>,
    category: Option<String>,
    /// The risk that its pack gives it.
    risk: Option<String>,
    /// Where it lies; the same as `source_url`.
    source: Option<String>,
    /// Where it lies.
    source_url: String,
    /// What was found out about it while its pack was read.
    metadata: Map<String, Value>,
    /// The pack that lists it, or did so last.
    pack_id: Option<Uuid>,
    /// Since when its pack does not list it any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    vanished_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Whether the gateway has it or was asked to install it; `install_state` tells these apart.
    installed: bool,
    /// Since when `installed` holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    installed_at: Option<Timestamp>,
    /// `requested`, `installed`, `failed`, `removing` or `removal_failed`; null when nobody asked for it.
    install_state: Option<String>,
    /// Why it could not be installed or removed.
    install_error: Option<String>,
    /// All gateways that have it, or that were asked to install or to remove it, by name.
    installations: Vec<SkillInstallationRead>,
}

/// A skill on one gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkillInstallationRead {
    gateway_id: Uuid,
    gateway_name: String,
    /// `requested`, `installed`, `failed`, `removing` or `removal_failed`.
    state: String,
    /// Since when it is installed, by the word of the gateway's main agent; null when it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    installed_at: Option<Timestamp>,
    /// Why it could not be installed or removed.
    error: Option<String>,
    /// When this last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Installation> for SkillInstallationRead {
    fn from(installation: Installation) -> Self {
        Self {
            gateway_id: installation.gateway_id,
            gateway_name: installation.gateway_name,
            state: installation.state,
            installed_at: installation.confirmed_at.map(Timestamp::from),
            error: installation.last_error,
            updated_at: installation.updated_at.into(),
        }
    }
}

impl From<SkillCard> for MarketplaceSkillCardRead {
    fn from(card: SkillCard) -> Self {
        let installations = card.installations.into_iter().map(SkillInstallationRead::from).collect();
        let card = card.row;
        let installed_since = card.installed_since();
        let skill = card.skill;
        Self {
            id: skill.id,
            organization_id: skill.organization_id,
            name: skill.name,
            description: skill.description,
            category: skill.category,
            risk: skill.risk,
            source: Some(skill.source_url.clone()),
            source_url: skill.source_url,
            metadata: skill.metadata.0,
            pack_id: skill.pack_id,
            vanished_at: skill.vanished_at.map(Timestamp::from),
            created_at: skill.created_at.into(),
            updated_at: skill.updated_at.into(),
            installed: installed_since.is_some(),
            installed_at: installed_since.map(Timestamp::from),
            install_state: card.install_state,
            install_error: card.install_error,
            installations,
        }
    }
}

/// What was asked of a gateway.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarketplaceSkillActionResponse {
    /// Always true.
    ok: bool,
    skill_id: Uuid,
    gateway_id: Uuid,
    /// Whether the skill is to be there: true after a request to install it, false after one to remove it.
    installed: bool,
    /// What was asked for: `requested` or `removing`.
    state: &'static str,
}

impl MarketplaceSkillActionResponse {
    pub(crate) fn install(skill_id: Uuid, gateway_id: Uuid) -> Self {
        Self { ok: true, skill_id, gateway_id, installed: true, state: "requested" }
    }

    pub(crate) fn uninstall(skill_id: Uuid, gateway_id: Uuid) -> Self {
        Self { ok: true, skill_id, gateway_id, installed: false, state: "removing" }
    }
}

/// The outcomes that an agent reports.
const OUTCOMES: [(&str, Outcome); 3] =
    [("installed", Outcome::Installed), ("removed", Outcome::Removed), ("failed", Outcome::Failed)];

/// What became of a skill that an agent was asked to install or to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Installed,
    Removed,
    Failed,
}

impl Field for Outcome {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &OUTCOMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&OUTCOMES)
    }
}

crate::body! {
    /// What became of a skill.
    pub(crate) struct SkillReport {
        /// How it went.
        state: Outcome,
        /// Why it could not be done.
        detail: Option<Text<1_000>>,
    }
}

impl From<SkillReport> for Report {
    fn from(body: SkillReport) -> Self {
        match body.state {
            Outcome::Installed => Self::Installed,
            Outcome::Removed => Self::Removed,
            Outcome::Failed => {
                let detail = body.detail.map(|text| text.trim().to_owned()).unwrap_or_default();
                Self::Failed(if detail.is_empty() { "The agent gave no reason".into() } else { detail })
            }
        }
    }
}

crate::body! {
    /// A pack to add.
    pub(crate) struct SkillPackCreate {
        /// The repository: `https://github.com/<owner>/<repository>`.
        source_url: WebAddress,
        /// The name; made from the address when absent.
        name: Option<NonEmpty<NAME_MAX>>,
        /// What it is good for.
        description: Option<Text<DESCRIPTION_MAX>>,
        /// The branch to read; what no branch can be called means `main`.
        branch: Text<NAME_MAX> = "main",
        /// Values of your own.
        metadata: Map<String, Value> = Map::new(),
    }
}

crate::body! {
    /// A change of a pack. What is left out stays.
    pub(crate) struct SkillPackUpdate {
        /// The repository: `https://github.com/<owner>/<repository>`.
        source_url: Sent<WebAddress>,
        /// The name; null makes it from the address.
        name: Patch<NonEmpty<NAME_MAX>>,
        /// What it is good for.
        description: Patch<Text<DESCRIPTION_MAX>>,
        /// The branch to read; what no branch can be called means `main`.
        branch: Sent<Text<NAME_MAX>>,
        /// Values of your own, all of them.
        metadata: Sent<Map<String, Value>>,
    }
}

/// A body about a pack, in which `metadata` may also be called `metadata_`.
pub(crate) struct PackBody<T>(pub(crate) T);

impl<T: Request> Request for PackBody<T> {
    fn read(object: &Map<String, Value>, reader: &mut Reader) -> Option<Self> {
        const NAME: &str = "metadata";
        const OTHER: &str = "metadata_";
        match object.get(OTHER) {
            Some(value) if !object.contains_key(NAME) => {
                let mut renamed = object.clone();
                renamed.insert(NAME.into(), value.clone());
                T::read(&renamed, reader)
            }
            _ => T::read(object, reader),
        }
        .map(Self)
    }
}

impl From<SkillPackCreate> for NewPack {
    fn from(body: SkillPackCreate) -> Self {
        Self {
            source_url: body.source_url.0.into(),
            name: body.name.map(String::from),
            description: body.description.map(String::from),
            branch: body.branch.into(),
            metadata: body.metadata,
        }
    }
}

impl From<SkillPackUpdate> for PackChange {
    fn from(body: SkillPackUpdate) -> Self {
        Self {
            source_url: body.source_url.0.map(|address| address.0.into()),
            name: body.name.0.map(|name| name.map(String::from)),
            description: body.description.0.map(|text| text.map(String::from)),
            branch: body.branch.0.map(String::from),
            metadata: body.metadata.0,
        }
    }
}

/// A repository that lists skills.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkillPackRead {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    description: Option<String>,
    /// The repository.
    source_url: String,
    /// The branch that is read; where it does not exist, the default branch.
    branch: String,
    metadata: Map<String, Value>,
    /// How many skills of the organization lie in its repository.
    skill_count: i64,
    /// When it was last read.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_synced_at: Option<Timestamp>,
    /// Why it could not be read the last time.
    last_sync_error: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Pack> for SkillPackRead {
    fn from(pack: Pack) -> Self {
        let (row, skill_count) = (pack.row, pack.skill_count);
        Self {
            id: row.id,
            organization_id: row.organization_id,
            name: row.name,
            description: row.description,
            source_url: row.source_url,
            branch: row.branch,
            metadata: row.metadata.0,
            skill_count,
            last_synced_at: row.last_synced_at.map(Timestamp::from),
            last_sync_error: row.last_sync_error,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// How reading a pack went.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkillPackSyncResponse {
    /// Always true.
    ok: bool,
    pack_id: Uuid,
    /// How many skills the pack lists.
    synced: i64,
    /// How many of them are new.
    created: i64,
    /// How many of them changed.
    updated: i64,
    /// What was left out, and why.
    warnings: Vec<String>,
}

impl SkillPackSyncResponse {
    pub(crate) fn new(pack_id: Uuid, report: SyncReport) -> Self {
        let SyncReport { synced, created, updated, warnings } = report;
        Self { ok: true, pack_id, synced, created, updated, warnings }
    }
}
