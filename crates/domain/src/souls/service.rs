//! Use cases on souls.

use std::{sync::Arc, time::Duration};

use url::Url;

use super::{
    Soul, SoulRef,
    cache::{Known, Slot},
    rules,
};
use crate::{Context, Error, Kind, Result, egress::Request};

/// How long the list counts as current.
const INDEX_FRESH: Duration = Duration::from_secs(3_600);
/// How long a text counts as current.
const TEXT_FRESH: Duration = Duration::from_secs(600);
/// How long the directory is believed that it does not have a text.
const MISSING_FRESH: Duration = Duration::from_secs(60);
/// How long the directory is left alone after it has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(15);
/// How long the site map may take.
const INDEX_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a text may take.
const TEXT_TIMEOUT: Duration = Duration::from_secs(15);
/// The largest site map, in bytes.
const INDEX_MAX: u64 = 5 * 1024 * 1024;
/// The largest text, in bytes.
const TEXT_MAX: u64 = 1024 * 1024;
/// The largest text that is remembered, in bytes.
const REMEMBERED_MAX: usize = 64 * 1024;

/// The souls whose `handle/slug` contains the query, in any case and in the order of the directory; a blank query finds
/// all. At most `limit`.
///
/// # Errors
/// `BadGateway` when the directory does not answer and nothing is remembered of it.
pub async fn search(context: &Context, query: &str, limit: usize) -> Result<Vec<SoulRef>> {
    let souls = index(context).await?;
    Ok(rules::search(&souls, query, limit))
}

/// The soul that fits the role of an agent best, if one fits.
///
/// # Errors
/// `BadGateway` when the directory does not answer and nothing is remembered of it.
pub(crate) async fn for_role(context: &Context, role: &str) -> Result<Option<SoulRef>> {
    let souls = index(context).await?;
    Ok(rules::for_role(&souls, role).cloned())
}

/// The text of a soul.
///
/// # Errors
/// `Invalid` for a handle or slug that no soul can have, `NotFound` when the directory does not have it, `BadGateway`
/// when the directory fails.
pub async fn markdown(context: &Context, handle: &str, slug: &str) -> Result<Soul> {
    let (handle, slug) = &super::names(handle, slug)?;
    let clock = context.store().clock();
    let slot = context.souls().text(handle, slug, clock.monotonic());
    // Who asks for the same text meanwhile waits here and finds it.
    let mut slot = slot.lock().await;
    let known = match slot.known.clone().filter(|_| clock.monotonic() < slot.fresh_until) {
        Some(known) => known,
        None => {
            let known = fetch_text(context, handle, slug).await?;
            remember(&mut slot, &known, clock.monotonic());
            known
        }
    };
    match known {
        Known::Text(content) => Ok(Soul { handle: handle.clone(), slug: slug.clone(), content }),
        Known::Missing => Err(Error::text(Kind::NotFound, "The souls directory has no such soul")),
    }
}

fn remember(slot: &mut Slot, known: &Known, now: Duration) {
    let (fits, fresh) = match known {
        Known::Text(text) => (text.len() <= REMEMBERED_MAX, TEXT_FRESH),
        Known::Missing => (true, MISSING_FRESH),
    };
    slot.known = fits.then(|| known.clone());
    slot.fresh_until = now + fresh;
}

async fn index(context: &Context) -> Result<Arc<[SoulRef]>> {
    let clock = context.store().clock();
    let mut index = context.souls().index.lock().await;
    let now = clock.monotonic();
    if let Some(souls) = index.souls.as_ref().filter(|_| now < index.fresh_until) {
        return Ok(souls.clone());
    }
    let fetched = if now < index.failing_until { Err(unavailable()) } else { fetch_index(context).await };
    let now = clock.monotonic();
    let reason = match fetched {
        Ok(souls) if !souls.is_empty() => {
            let souls: Arc<[SoulRef]> = souls.into();
            index.souls = Some(souls.clone());
            index.fresh_until = now + INDEX_FRESH;
            return Ok(souls);
        }
        // An empty list is more likely a mistake over there than the end of all souls.
        Ok(_) => None,
        Err(error) => Some(error),
    };
    if now >= index.failing_until {
        index.failing_until = now + AFTER_FAILURE;
    }
    match (&index.souls, reason) {
        (Some(stale), _) => {
            tracing::warn!("souls.index.stale");
            Ok(stale.clone())
        }
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Arc::default()),
    }
}

fn unavailable() -> Error {
    Error::text(Kind::BadGateway, "The souls directory does not answer; try again later")
}

/// The outcome of a request to the directory: the status, and the body when it was a success.
async fn ask(context: &Context, url: &str, total: Duration, max_bytes: u64) -> Result<(u16, String)> {
    let url: Url = url.parse().map_err(Error::internal)?;
    let failed = |error| Error { source: Some(Box::new(error)), ..unavailable() };
    let response = context.egress().fetch(&Request { url, total, max_bytes }).await.map_err(failed)?;
    let status = response.status;
    if !response.is_success() {
        return Ok((status, String::new()));
    }
    let bytes = response.bytes().await.map_err(failed)?;
    Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
}

fn refused(status: u16) -> Error {
    Error { source: Some(format!("the directory answered {status}").into()), ..unavailable() }
}

async fn fetch_index(context: &Context) -> Result<Vec<SoulRef>> {
    let directory = &context.settings().souls_directory;
    let url = format!("{}/sitemap.xml", directory.as_str().trim_end_matches('/'));
    match ask(context, &url, INDEX_TIMEOUT, INDEX_MAX).await? {
        (200..300, sitemap) => Ok(rules::souls(&sitemap, directory)),
        (status, _) => Err(refused(status)),
    }
}

async fn fetch_text(context: &Context, handle: &str, slug: &str) -> Result<Known> {
    let _turn = context.souls().fetches.acquire().await.map_err(Error::internal)?;
    let url = rules::markdown_url(&context.settings().souls_directory, handle, slug);
    match ask(context, &url, TEXT_TIMEOUT, TEXT_MAX).await? {
        (200..300, text) => Ok(Known::Text(text.into())),
        (404 | 410, _) => Ok(Known::Missing),
        (status, _) => Err(refused(status)),
    }
}
