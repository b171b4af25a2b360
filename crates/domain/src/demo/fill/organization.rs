//! The organization: its people, groups, tags, custom fields, skills and its gateway.

use chrono::TimeDelta;
use mc_base::text::slugify;
use mc_store::Json;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    super::content::{Group, Organization, Pack, Person},
    AGE, Author, Event, Fill, row,
};
use crate::organizations::Role;

impl Fill<'_> {
    /// Everything that boards refer to.
    pub(super) fn organization(&mut self, content: &Organization, owners: &[Uuid]) {
        for owner in owners {
            self.member(*owner, Role::Owner.as_str());
        }
        for person in &content.people {
            self.person(person);
        }
        let founded = self.ago(AGE);
        for group in &content.groups {
            let (id, name) = (self.id(), group.name.as_str());
            self.groups.insert(group.name.clone(), id);
            self.rows.add(
                "board_groups",
                row![
                    id,
                    self.organization_id,
                    name,
                    name.to_lowercase(),
                    slugify(name),
                    group.description.as_str(),
                    founded,
                    founded,
                ],
            );
        }
        for tag in &content.tags {
            let id = self.id();
            self.tags.insert(tag.name.clone(), id);
            self.rows.add(
                "tags",
                row![
                    id,
                    self.organization_id,
                    tag.name.as_str(),
                    slugify(&tag.name),
                    tag.color.as_str(),
                    tag.description.as_str(),
                    founded,
                    founded,
                ],
            );
        }
        for pack in &content.packs {
            self.pack(pack);
        }
        self.gateway(content);
    }

    fn member(&mut self, user: Uuid, role: &str) {
        let id = self.id();
        self.rows.add(
            "organization_members",
            row![id, self.organization_id, user, role, true, true, self.now, self.now],
        );
    }

    /// A person whom no identity provider knows.
    fn person(&mut self, person: &Person) {
        let id = self.id();
        self.manifest.people.push(id);
        let name = person.preferred_name.clone();
        self.authors.insert(name.clone(), Author { user: Some(id), agent: None, name });
        self.rows.add(
            "users",
            row![
                id,
                format!("demo:{id}"),
                person.email.as_str(),
                person.name.as_str(),
                person.preferred_name.as_str(),
                person.timezone.as_str(),
                person.notes.as_str(),
                self.organization_id,
                self.ago(AGE),
            ],
        );
        self.member(id, &person.role);
    }

    /// The example gateway, and the agent that works for all of it.
    fn gateway(&mut self, content: &Organization) {
        let (gateway, founded) = (&content.gateway, self.ago(AGE));
        self.rows.add(
            "gateways",
            row![
                self.gateway_id,
                self.organization_id,
                gateway.name.as_str(),
                gateway.url.as_str(),
                gateway.workspace_root.as_str(),
                "unreachable",
                self.now - TimeDelta::hours(75),
                gateway.error.as_str(),
                founded,
                founded,
            ],
        );
        let id = self.id();
        let profile = Json(Map::from_iter([("role".to_owned(), Value::from("Main agent of the gateway"))]));
        self.rows.add(
            "agents",
            row![
                id,
                self.organization_id,
                self.gateway_id,
                None::<Uuid>,
                gateway.main_agent.as_str(),
                gateway.main_agent.to_lowercase(),
                "offline",
                None::<String>,
                false,
                profile,
                self.now - TimeDelta::hours(75),
                "ready",
                None::<String>,
                0_i64,
                founded,
                founded,
            ],
        );
    }

    fn pack(&mut self, pack: &Pack) {
        let (id, founded) = (self.id(), self.ago(AGE));
        let synced = self.ago(31.0);
        let (url, key) = (pack.source_url.as_str(), pack.source_url.to_lowercase());
        self.rows.add(
            "skill_packs",
            row![
                id,
                self.organization_id,
                pack.name.as_str(),
                pack.description.as_str(),
                url,
                key.as_str(),
                Json(Map::new()),
                synced,
                founded,
                synced,
            ],
        );
        for skill in &pack.skills {
            let texts = [&skill.name, &skill.description, &skill.category, &skill.risk, &skill.path];
            let search = texts.map(|text| text.to_lowercase()).join("\n");
            let skill_id = self.id();
            self.rows.add(
                "marketplace_skills",
                row![
                    skill_id,
                    self.organization_id,
                    id,
                    skill.name.as_str(),
                    skill.description.as_str(),
                    skill.category.as_str(),
                    skill.risk.as_str(),
                    skill.path.as_str(),
                    format!("{url}/tree/main/{}", skill.path),
                    key.as_str(),
                    search,
                    Json(Map::new()),
                    founded,
                    synced,
                ],
            );
        }
    }

    /// The custom fields, and the boards that have them.
    pub(super) fn fields(&mut self, content: &Organization) {
        let founded = self.ago(AGE);
        for field in &content.fields {
            let id = self.id();
            self.fields.insert(field.key.clone(), id);
            self.rows.add(
                "task_custom_field_definitions",
                row![
                    id,
                    self.organization_id,
                    field.key.as_str(),
                    field.label.as_str(),
                    field.field_type.as_str(),
                    field.visibility.as_str(),
                    field.pattern.clone(),
                    field.description.as_str(),
                    founded,
                    founded,
                ],
            );
            for board in &field.boards {
                let board = self.boards[board];
                let binding = self.id();
                self.rows.add("board_task_custom_fields", row![binding, board, id, founded]);
            }
        }
    }

    /// Notes and chat of a group.
    pub(super) fn words_of_group(&mut self, group: &Group) {
        let group_id = self.groups[&group.name];
        let said = group.notes.iter().map(|note| (note, false));
        for (note, is_chat) in said.chain(group.chat.iter().map(|note| (note, true))) {
            let (author, id, at) = (self.author(&note.by), self.id(), self.ago(note.hours_ago));
            let tags = if is_chat { vec!["chat".to_owned()] } else { note.tags.clone() };
            self.rows.add(
                "board_group_memory",
                row![
                    id,
                    group_id,
                    author.agent,
                    author.user,
                    note.text.as_str(),
                    Json(tags),
                    author.name,
                    is_chat,
                    at,
                ],
            );
        }
        self.events.push(Event {
            at: self.ago(AGE - 0.5),
            kind: "board_group.created",
            group: Some(group_id),
            message: Some(format!("Board group created: {}", group.name)),
            ..Event::default()
        });
    }
}
