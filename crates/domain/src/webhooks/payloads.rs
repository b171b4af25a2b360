//! Reads of payloads.

use mc_store::{Json, Read, Sql, Store, sql};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use super::{Payload, PayloadHead, model::head_columns, rules::excerpt};
use crate::{Error, Page, PageRequest, Result};

/// The most content of one page, and the most that is loaded at once, in characters.
const PAGE_MAX: usize = 8 * 1024 * 1024;

/// The length of a whole list of which a page was read, without counting where the page tells it.
pub(super) async fn total(store: &Store, items: usize, request: PageRequest, count: Sql) -> Result<i64> {
    let items = i64::try_from(items).unwrap_or(i64::MAX);
    if request.offset == 0 && items < request.limit {
        return Ok(items);
    }
    let (total,): (i64,) = store.one(count).await?;
    Ok(total)
}

/// A payload of a webhook on a board.
pub(super) async fn find(on: &impl Read, board_id: Uuid, webhook_id: Uuid, id: Uuid) -> Result<Payload> {
    let payload: Option<Payload> = on
        .optional(
            sql(concat!(
                "SELECT payload, ",
                head_columns!(),
                " FROM board_webhook_payloads WHERE id = $1 AND webhook_id = $2 AND board_id = $3"
            ))
            .bind(id)
            .bind(webhook_id)
            .bind(board_id),
        )
        .await?;
    payload.ok_or_else(Error::not_found)
}

/// The content of a payload that exists.
pub(super) async fn content(on: &impl Read, id: Uuid) -> Result<Box<RawValue>> {
    let (Json(content),): (Json<Box<RawValue>>,) =
        on.one(sql("SELECT payload FROM board_webhook_payloads WHERE id = $1").bind(id)).await?;
    Ok(content)
}

/// The content, cut to a number of characters if it is longer.
pub(super) fn cut(content: Box<RawValue>, max: usize) -> Box<RawValue> {
    match excerpt::cut(&content, max) {
        Some(start) => to_raw_value(&start).expect("a text is JSON"),
        None => content,
    }
}

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    head: PayloadHead,
    /// The content, unless it is long.
    short: Option<Json<Box<RawValue>>>,
    /// The length of the content, in characters of JSON.
    size: i64,
}

/// The payloads of a webhook, newest first. Long contents are loaded in groups of bounded size, and cut when the whole
/// page would be too large, so that a page costs little memory whatever senders delivered.
pub(super) async fn list(
    store: &Store,
    board_id: Uuid,
    webhook_id: Uuid,
    max_chars: Option<usize>,
    request: PageRequest,
) -> Result<Page<Payload>> {
    let share = PAGE_MAX / usize::try_from(request.limit).unwrap_or(1).max(1);
    let listed: Vec<Listed> = store
        .all(
            sql(concat!(
                "SELECT CASE WHEN length(payload) <= $3 THEN payload END AS short,
                     CAST(length(payload) AS BIGINT) AS size, ",
                head_columns!(),
                " FROM board_webhook_payloads WHERE board_id = $1 AND webhook_id = $2
                  ORDER BY received_at DESC, id DESC LIMIT $4 OFFSET $5"
            ))
            .bind(board_id)
            .bind(webhook_id)
            .bind(i64::try_from(share).unwrap_or(i64::MAX))
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let count = sql("SELECT count(*) FROM board_webhook_payloads WHERE board_id = $1 AND webhook_id = $2")
        .bind(board_id)
        .bind(webhook_id);
    let total = total(store, listed.len(), request, count).await?;
    let sizes: Vec<usize> = listed.iter().map(|item| usize::try_from(item.size).unwrap_or(0)).collect();
    let page_cut = (sizes.iter().sum::<usize>() > PAGE_MAX).then_some(share);
    let max = [max_chars, page_cut].into_iter().flatten().min();
    let shorten = |content: Box<RawValue>| match max {
        Some(max) => cut(content, max),
        None => content,
    };

    let long: Vec<(Uuid, usize)> = listed
        .iter()
        .zip(&sizes)
        .filter(|(item, _)| item.short.is_none())
        .map(|(item, size)| (item.head.id, *size))
        .collect();
    let mut loaded = std::collections::HashMap::new();
    for group in groups(&long, PAGE_MAX) {
        let query = Query::select()
            .columns([Alias::new("id"), Alias::new("payload")])
            .from(Alias::new("board_webhook_payloads"))
            .and_where(Expr::col(Alias::new("id")).is_in(group))
            .take();
        let contents: Vec<(Uuid, Json<Box<RawValue>>)> = store.all(store.render(&query)).await?;
        loaded.extend(contents.into_iter().map(|(id, content)| (id, shorten(content.0))));
    }
    let items = listed
        .into_iter()
        .filter_map(|item| {
            // One that is gone meanwhile is left out.
            let content = match item.short {
                Some(short) => shorten(short.0),
                None => loaded.remove(&item.head.id)?,
            };
            Some(Payload { head: item.head, content: Json(content) })
        })
        .collect();
    Ok(Page { items, total, request })
}

/// Splits ids with sizes into groups, in their order, each of at most `max` in sum or of one id.
fn groups(sized: &[(Uuid, usize)], max: usize) -> Vec<Vec<Uuid>> {
    let mut groups: Vec<(Vec<Uuid>, usize)> = Vec::new();
    for (id, size) in sized {
        match groups.last_mut() {
            Some((group, sum)) if *sum + size <= max => {
                group.push(*id);
                *sum += size;
            }
            _ => groups.push((vec![*id], *size)),
        }
    }
    groups.into_iter().map(|(group, _)| group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_bounded_and_complete() {
        let id = Uuid::from_u128;
        let sized = [(id(1), 3), (id(2), 3), (id(3), 9), (id(4), 1), (id(5), 5)];
        assert_eq!(groups(&sized, 6), [vec![id(1), id(2)], vec![id(3)], vec![id(4), id(5)]]);
        assert!(groups(&[], 6).is_empty());
    }
}
