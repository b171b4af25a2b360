//! Reads and writes of skills that are more than load by id.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use mc_store::{Read, Txn, sql};
use sea_query::{
    Alias, Asterisk, Condition, Expr, ExprTrait, Func, JoinType, OnConflict, Order, Query, SimpleExpr,
};
use uuid::Uuid;

use super::{Facet, Facets, Filter, Installation, Skill, SkillCard, SkillRow, SkillSort, address};
use crate::{Error, Kind, Page, PageRequest, Result, gateways::Gateway, pattern::containing};

/// How many values stand in one list of a statement.
const CHUNK: usize = 500;
/// How many values of a label are counted.
const FACETS_MAX: u64 = 500;

const COLUMNS: [&str; 16] = [
    "id",
    "organization_id",
    "pack_id",
    "name",
    "description",
    "category",
    "risk",
    "source",
    "source_url",
    "repository_key",
    "search_text",
    "metadata",
    "is_edited",
    "vanished_at",
    "created_at",
    "updated_at",
];

fn skills() -> Alias {
    Alias::new("marketplace_skills")
}

fn column(name: &'static str) -> Expr {
    Expr::col((skills(), Alias::new(name)))
}

/// A gateway of the organization.
pub(super) async fn gateway(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Gateway> {
    let row: Option<Gateway> = on
        .optional(
            sql("SELECT * FROM gateways WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    row.ok_or_else(|| Error::text(Kind::NotFound, "Gateway not found"))
}

/// A skill of the organization.
pub(super) async fn skill(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Skill> {
    let row: Option<Skill> = on
        .optional(
            sql("SELECT * FROM marketplace_skills WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    row.ok_or_else(|| Error::text(Kind::NotFound, "Marketplace skill not found"))
}

/// The condition on a label that packs give, in any case; `uncategorized` means none.
fn labelled(name: &'static str, wanted: &str) -> Condition {
    let trimmed = || Func::cust(Alias::new("trim")).arg(column(name));
    if wanted.to_lowercase() == "uncategorized" {
        return Condition::any().add(column(name).is_null()).add(SimpleExpr::from(trimmed()).eq(""));
    }
    // SQLite folds ASCII only, PostgreSQL all letters.
    let folded = [wanted.to_lowercase(), wanted.to_ascii_lowercase()];
    Condition::all().add(SimpleExpr::from(Func::lower(trimmed())).is_in(folded))
}

/// Which skills of an organization a filter means; `repository` is the place of the pack that it names.
fn wanted(organization_id: Uuid, filter: &Filter, repository: Option<String>) -> Condition {
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Condition::all()
        .add(column("organization_id").eq(organization_id))
        .add_option(repository.map(|key| column("repository_key").eq(key)))
        .add_option(given(&filter.category).map(|wanted| labelled("category", &wanted)))
        .add_option(given(&filter.risk).map(|wanted| labelled("risk", &wanted)))
        .add_option(
            given(&filter.search).map(|text| column("search_text").like(containing(&text.to_lowercase()))),
        )
}

/// The skills of an organization as a gateway has them, in the wished order.
pub(super) async fn cards(
    on: &impl Read,
    organization_id: Uuid,
    gateway_id: Uuid,
    filter: &Filter,
    repository: Option<String>,
    request: PageRequest,
) -> Result<Page<SkillCard>> {
    let condition = wanted(organization_id, filter, repository);
    let installs = Alias::new("gateway_installed_skills");
    let of_install = |name: &'static str| Expr::col((installs.clone(), Alias::new(name)));
    let mut page = Query::select()
        .column((skills(), Asterisk))
        .expr_as(of_install("created_at"), Alias::new("requested_at"))
        .expr_as(of_install("confirmed_at"), Alias::new("confirmed_at"))
        .expr_as(of_install("state"), Alias::new("install_state"))
        .expr_as(of_install("last_error"), Alias::new("install_error"))
        .from(skills())
        .join(
            JoinType::LeftJoin,
            installs.clone(),
            Condition::all()
                .add(of_install("skill_id").equals((skills(), Alias::new("id"))))
                .add(of_install("gateway_id").eq(gateway_id)),
        )
        .cond_where(condition.clone())
        .take();
    let order = if filter.is_descending { Order::Desc } else { Order::Asc };
    // Skills without a label stand at the end of a list in rising order on both databases.
    let label = |name| SimpleExpr::from(Func::lower(Func::coalesce([column(name), Expr::val("~")])));
    match filter.sort {
        SkillSort::CreatedAt => page.order_by((skills(), Alias::new("created_at")), order.clone()),
        SkillSort::UpdatedAt => page.order_by((skills(), Alias::new("updated_at")), order.clone()),
        SkillSort::Name => page.order_by_expr(Func::lower(column("name")).into(), order.clone()),
        SkillSort::Category => page.order_by_expr(label("category"), order.clone()),
        SkillSort::Risk => page.order_by_expr(label("risk"), order.clone()),
        SkillSort::Source => page.order_by((skills(), Alias::new("source_url")), order.clone()),
    };
    page.order_by((skills(), Alias::new("id")), order);
    let count =
        Query::select().expr(Func::count(Expr::col(Asterisk))).from(skills()).cond_where(condition).take();
    let rows: Vec<SkillRow> = on.all(on.render(&request.cut(&mut page))).await?;
    let total = match request.whole(&rows) {
        Some(total) => total,
        None => on.one::<(i64,)>(on.render(&count)).await?.0,
    };
    let ids: Vec<Uuid> = rows.iter().map(|row| row.skill.id).collect();
    let mut installed = installations(on, &ids).await?;
    let items = rows.into_iter().map(|row| {
        let installations = installed.remove(&row.skill.id).unwrap_or_default();
        SkillCard { row, installations }
    });
    Ok(Page { items: items.collect(), total, request })
}

/// On which gateways these skills are, or are to be, by the names of the gateways.
async fn installations(on: &impl Read, skills: &[Uuid]) -> Result<HashMap<Uuid, Vec<Installation>>> {
    let mut found: HashMap<Uuid, Vec<Installation>> = HashMap::new();
    let installs = Alias::new("gateway_installed_skills");
    let gateways = Alias::new("gateways");
    for chunk in skills.chunks(CHUNK) {
        let query = Query::select()
            .columns(
                ["skill_id", "gateway_id", "state", "confirmed_at", "last_error", "updated_at"]
                    .map(|name| (installs.clone(), Alias::new(name))),
            )
            .expr_as(Expr::col((gateways.clone(), Alias::new("name"))), Alias::new("gateway_name"))
            .from(installs.clone())
            .inner_join(
                gateways.clone(),
                Expr::col((gateways.clone(), Alias::new("id")))
                    .equals((installs.clone(), Alias::new("gateway_id"))),
            )
            .and_where(Expr::col((installs.clone(), Alias::new("skill_id"))).is_in(chunk.iter().copied()))
            .order_by_expr(Func::lower(Expr::col((gateways.clone(), Alias::new("name")))).into(), Order::Asc)
            .order_by((gateways.clone(), Alias::new("id")), Order::Asc)
            .take();
        for installation in on.all::<Installation>(on.render(&query)).await? {
            found.entry(installation.skill_id).or_default().push(installation);
        }
    }
    Ok(found)
}

/// How many skills have each category and each risk. A label is counted among the skills that the rest of the filter
/// means, so that choosing one does not make the others vanish.
pub(super) async fn facets(
    on: &impl Read,
    organization_id: Uuid,
    filter: &Filter,
    repository: Option<String>,
) -> Result<Facets> {
    let among = |filter: Filter| wanted(organization_id, &filter, repository.clone());
    let categories = among(Filter { category: None, ..filter.clone() });
    let risks = among(Filter { risk: None, ..filter.clone() });
    let all = Filter { pack_id: filter.pack_id, ..Filter::default() };
    let count =
        Query::select().expr(Func::count(Expr::col(Asterisk))).from(skills()).cond_where(among(all)).take();
    let (total,): (i64,) = on.one(on.render(&count)).await?;
    Ok(Facets {
        categories: counts(on, "category", categories).await?,
        risks: counts(on, "risk", risks).await?,
        total,
    })
}

/// How many of the skills have each value of a label, by value; at most `FACETS_MAX` values.
async fn counts(on: &impl Read, label: &'static str, condition: Condition) -> Result<Vec<Facet>> {
    let trimmed = Func::cust(Alias::new("trim")).arg(Func::coalesce([column(label), Expr::val("")]));
    // By its name: two parameters with one value make two expressions for PostgreSQL.
    let value = || Expr::col(Alias::new("value"));
    let query = Query::select()
        .expr_as(Func::lower(trimmed), Alias::new("value"))
        .expr_as(Func::count(Expr::col(Asterisk)), Alias::new("count"))
        .from(skills())
        .cond_where(condition)
        .add_group_by([value()])
        .order_by_expr(value(), Order::Asc)
        .limit(FACETS_MAX)
        .take();
    Ok(on.all(on.render(&query)).await?)
}

/// The skills of an organization at these addresses.
pub(super) async fn at(on: &impl Read, organization_id: Uuid, urls: &[String]) -> Result<Vec<Skill>> {
    let mut found = Vec::new();
    for chunk in urls.chunks(CHUNK) {
        let query = Query::select()
            .column(Asterisk)
            .from(skills())
            .and_where(column("organization_id").eq(organization_id))
            .and_where(column("source_url").is_in(chunk.iter().map(String::as_str)))
            .take();
        found.extend(on.all::<Skill>(on.render(&query)).await?);
    }
    Ok(found)
}

/// What a search looks through: all that a skill says of itself, folded.
pub(crate) fn search_text(skill: &Skill) -> String {
    let texts = [
        Some(&skill.name),
        skill.description.as_ref(),
        skill.category.as_ref(),
        skill.risk.as_ref(),
        skill.source.as_ref(),
    ];
    texts.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n")
}

/// The address of the repository in which a skill lies, folded.
pub(crate) fn repository_key(skill: &Skill) -> String {
    url::Url::parse(&skill.source_url)
        .map_or_else(|_| skill.source_url.to_lowercase(), |url| address::repository_key(&url))
}

/// Writes skills; one that exists at its address is overwritten, but for its id and its age.
pub(super) async fn save(txn: &Txn, all: Vec<Skill>) -> Result<()> {
    let kept = ["id", "organization_id", "source_url", "created_at"];
    let mut all = all.into_iter().peekable();
    while all.peek().is_some() {
        let mut insert = Query::insert();
        insert.into_table(skills()).columns(COLUMNS.iter().map(|name| Alias::new(*name)));
        for skill in all.by_ref().take(CHUNK) {
            let (search, key) = (search_text(&skill), repository_key(&skill));
            insert.values_panic([
                Expr::val(skill.id),
                Expr::val(skill.organization_id),
                Expr::val(skill.pack_id),
                Expr::val(skill.name),
                Expr::val(skill.description),
                Expr::val(skill.category),
                Expr::val(skill.risk),
                Expr::val(skill.source),
                Expr::val(skill.source_url),
                Expr::val(key),
                Expr::val(search),
                Expr::val(skill.metadata),
                Expr::val(skill.is_edited),
                Expr::val(skill.vanished_at),
                Expr::val(skill.created_at),
                Expr::val(skill.updated_at),
            ]);
        }
        insert.on_conflict(
            OnConflict::columns(["organization_id", "source_url"].map(Alias::new))
                .update_columns(
                    COLUMNS.iter().filter(|name| !kept.contains(name)).map(|name| Alias::new(*name)),
                )
                .to_owned(),
        );
        txn.run(txn.render(&insert)).await?;
    }
    Ok(())
}

/// The skills that a pack listed, by its own word or by that of its repository.
pub(super) async fn listed(
    on: &impl Read,
    organization_id: Uuid,
    pack_id: Uuid,
    key: &str,
) -> Result<Vec<(Uuid, String)>> {
    Ok(on
        .all(
            sql("SELECT id, source_url FROM marketplace_skills
                 WHERE organization_id = $1 AND vanished_at IS NULL
                   AND (pack_id = $2 OR (pack_id IS NULL AND repository_key = $3 AND metadata LIKE '%\"discovery_mode\"%'))")
            .bind(organization_id)
            .bind(pack_id)
            .bind(key),
        )
        .await?)
}

/// Notes that a pack does not list these any more.
pub(super) async fn mark_vanished(txn: &Txn, ids: &[Uuid], now: DateTime<Utc>) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let update = Query::update()
            .table(skills())
            .value(Alias::new("vanished_at"), now)
            .value(Alias::new("updated_at"), now)
            .and_where(Expr::col(Alias::new("id")).is_in(chunk.iter().copied()))
            .take();
        txn.run(txn.render(&update)).await?;
    }
    Ok(())
}

/// Keeps others from writing skills and packs of the organization until the transaction ends, so that counts are exact and
/// nobody runs into a unique rule.
pub(super) async fn lock(txn: &Txn, organization_id: Uuid) -> Result<()> {
    Ok(txn.lock("skills", organization_id).await?)
}
