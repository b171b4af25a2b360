//! The audit log of an organization: who did what that matters for security. `mc_store::audit` writes it.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Json, Read, Txn,
    audit::{Actor, NewEntry},
    sql,
};
use sea_query::{Alias, Condition, Expr, ExprTrait, Func};
use serde_json::Value;
use uuid::Uuid;

use crate::{Context, Page, PageRequest, Result, access::OrgAdmin, page, pattern::containing, users::User};

/// How many entries one transaction of [`purge`] deletes.
const BATCH: i64 = 1_000;

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Entry {
    /// The id.
    pub id: Uuid,
    /// What happened, such as `organization.member.role_changed`.
    pub kind: String,
    /// `user`, `agent`, `anonymous` for a request of nobody known, or `system` for work without a request.
    pub actor_kind: String,
    /// The person or agent.
    pub actor_id: Option<Uuid>,
    /// The name at that time.
    pub actor_name: Option<String>,
    /// Where the request came from.
    pub client_address: Option<String>,
    /// The request, as the log of the server names it.
    pub request_id: Option<String>,
    /// A sentence for people.
    pub message: Option<String>,
    /// Further values.
    pub data: Option<Json<Value>>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these kinds; of all when empty. A kind that ends in a dot means all that begin so.
    pub kinds: Vec<String>,
    /// Of this person or agent.
    pub actor_id: Option<Uuid>,
    /// About this thing, whatever it is: a board, an agent, a member, a gateway, a webhook.
    pub target_id: Option<Uuid>,
    /// With this text in the sentence or in the name of who did it, in any case; every entry when blank.
    pub text: Option<String>,
    /// From this time on.
    pub since: Option<DateTime<Utc>>,
    /// From before this time.
    pub until: Option<DateTime<Utc>>,
}

/// The entries of an organization, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &OrgAdmin,
    filter: &Filter,
    request: PageRequest,
) -> Result<Page<Entry>> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let kinds = filter.kinds.iter().fold(Condition::any(), |any, kind| match kind.strip_suffix('.') {
        // `.` and the character behind it frame everything that begins so, without a pattern to escape.
        Some(start) => {
            any.add(column("kind").gte(format!("{start}.")).and(column("kind").lt(format!("{start}/"))))
        }
        None => any.add(column("kind").eq(kind.clone())),
    });
    // Ids are written one way, and nothing else looks like one.
    let target = filter.target_id.map(|id| column("data").like(containing(&id.to_string())));
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(|text| {
        let has = |name| Func::lower(column(name)).like(containing(&text.to_lowercase()));
        Condition::any().add(has("message")).add(has("actor_name"))
    });
    let condition = Condition::all()
        .add(column("organization_id").eq(scope.organization().id))
        .add_option(target)
        .add_option(text)
        .add_option((!filter.kinds.is_empty()).then_some(kinds))
        .add_option(filter.actor_id.map(|id| column("actor_id").eq(id)))
        .add_option(filter.since.map(|since| column("created_at").gte(since)))
        .add_option(filter.until.map(|until| column("created_at").lt(until)));
    page::newest_first(context.store(), "audit_events", condition, request).await
}

/// Writes down that the log was taken away as a file.
///
/// # Errors
/// When the database fails.
pub async fn record_export(context: &Context, scope: &OrgAdmin) -> Result<()> {
    let txn = context.store().begin().await?;
    let entry = NewEntry {
        kind: "audit.exported",
        organization_id: scope.organization().id,
        actor: Some(actor(scope.actor().user())),
        message: "Exported the audit log".to_owned(),
    };
    txn.audit(entry).await?;
    txn.commit().await?;
    Ok(())
}

/// A person as an actor.
pub(crate) fn actor(user: &User) -> Actor {
    Actor { kind: "user", id: user.id, name: user.display_name().to_owned() }
}

/// Tells something about a person in every organization to which the person belongs.
pub(crate) async fn tell_everywhere(
    txn: &Txn,
    user: &User,
    by: Option<Actor>,
    kind: &'static str,
    message: &str,
) -> Result<()> {
    let organizations: Vec<(Uuid,)> = txn
        .all(sql("SELECT organization_id FROM organization_members WHERE user_id = $1 ORDER BY organization_id").bind(user.id))
        .await?;
    for (organization_id,) in organizations {
        txn.audit(NewEntry { kind, organization_id, actor: by.clone(), message: message.to_owned() }).await?;
    }
    Ok(())
}

/// Deletes the entries that are older than the retention. The database lets nobody delete others.
///
/// # Errors
/// When the database fails.
pub(crate) async fn purge(context: &Context) -> Result<()> {
    let kept = TimeDelta::from_std(context.settings().audit_retention).ok();
    let now = context.store().clock().now();
    let Some(before) = kept.and_then(|kept| now.checked_sub_signed(kept)) else { return Ok(()) };
    loop {
        let txn = context.store().begin().await?;
        txn.run(
            sql("INSERT INTO audit_retention (id, delete_before) VALUES (1, $1)
                 ON CONFLICT (id) DO UPDATE SET delete_before = excluded.delete_before")
            .bind(before),
        )
        .await?;
        let deleted = txn
            .run(
                sql(
                    "DELETE FROM audit_events WHERE id IN (
                         SELECT id FROM audit_events WHERE created_at < $1 ORDER BY created_at, id LIMIT $2)",
                )
                .bind(before)
                .bind(BATCH),
            )
            .await?;
        txn.commit().await?;
        if i64::try_from(deleted).unwrap_or(0) < BATCH {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use mc_store::testing::on_both;

    #[tokio::test]
    async fn the_database_keeps_entries_as_they_are_until_their_time_is_over() {
        on_both(|store| async move {
            let context = testing::context(&store);
            let admin = testing::admin(&context).await;
            record_export(&context, &admin).await.unwrap();
            for statement in ["UPDATE audit_events SET kind = 'x'", "DELETE FROM audit_events"] {
                let txn = store.begin().await.unwrap();
                assert!(txn.run(sql(statement)).await.is_err(), "{statement}");
            }
            purge(&context).await.unwrap();
            let all = Filter::default();
            let kept = list(&context, &admin, &all, PageRequest::default()).await.unwrap();
            assert!(kept.items.iter().any(|entry| entry.kind == "audit.exported"));
            let settings =
                crate::Settings { audit_retention: std::time::Duration::ZERO, ..context.settings().clone() };
            let context = context.with_settings(settings);
            purge(&context).await.unwrap();
            assert_eq!(list(&context, &admin, &all, PageRequest::default()).await.unwrap().total, 0);
        })
        .await;
    }
}
