//! Reading a pack: its repository is fetched as an archive, looked through in memory, and what it lists is written down in
//! one transaction.

use std::{
    collections::{HashMap, HashSet},
    io::{self, Read},
    time::Duration,
};

use bytes::{Buf, Bytes};
use mc_store::{Json, Txn, events::NewEvent, sql};
use serde_json::json;
use tokio::sync::{Semaphore, mpsc};
use url::Url;
use uuid::Uuid;

use super::{
    PackRow, PackUrl, Skill, SyncReport, address,
    discovery::{self, ArchiveError, Discovered, Discovery, Limits, Origin},
    packs, queries,
};
use crate::{
    Context, Error, Kind, Result,
    access::OrgAdmin,
    egress::{EgressError, Request, Response},
};

/// The longest that reading a pack may take.
pub const SYNC_LIMIT: Duration = Duration::from_secs(60);
/// How many packs one process reads at a time.
const SYNCS: usize = 2;
/// How many pieces of an archive wait to be unpacked.
const PIECES: usize = 8;
/// What stands for the default branch, in archives and in addresses.
const HEAD: &str = "HEAD";

/// How many packs may be read at a time.
#[derive(Debug)]
pub(crate) struct SyncSlots(Semaphore);

impl Default for SyncSlots {
    fn default() -> Self {
        Self(Semaphore::new(SYNCS))
    }
}

/// Reads a pack and writes down what it lists: new skills are added, known ones brought up to date, and those that it does
/// not list any more are marked. What people have named themselves keeps its name and description.
///
/// # Errors
/// `NotFound` when there is no such pack, `BadRequest` when its address is not acceptable, `BadGateway` when its
/// repository cannot be read within bounds.
pub async fn sync(context: &Context, scope: &OrgAdmin, pack_id: Uuid) -> Result<SyncReport> {
    let pack = packs::row(context.store(), scope.organization().id, pack_id).await?;
    let url = PackUrl::parse(&pack.source_url)?;
    let read =
        match tokio::time::timeout(SYNC_LIMIT, fetch(context, &url, &address::branch(&pack.branch))).await {
            Ok(read) => read,
            Err(_) => Err(unreadable("it took too long", None)),
        };
    match read {
        Ok(discovery) => apply(context, scope, &pack, &url, discovery).await,
        Err(error) => {
            note_failure(context, &pack, &error).await?;
            Err(error)
        }
    }
}

/// A text for people, made of nothing that the other side said; that goes to the log.
fn unreadable(why: &str, cause: Option<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error {
        source: cause,
        ..Error::text(Kind::BadGateway, format!("The repository could not be read: {why}"))
    }
}

fn not_fetched(error: EgressError) -> Error {
    unreadable(&error.to_string(), Some(Box::new(error)))
}

/// What the repository lists on a branch, or on its default branch where that one does not exist.
async fn fetch(context: &Context, pack: &PackUrl, branch: &str) -> Result<Discovery> {
    let _turn = context.pack_syncs().0.acquire().await.map_err(Error::internal)?;
    for (reference, branch) in [(format!("refs/heads/{branch}"), branch), (HEAD.to_owned(), HEAD)] {
        let url = archive_url(&context.settings().skills.archives, pack, &reference)?;
        let limits = Limits::default();
        let request = Request { url, total: SYNC_LIMIT, max_bytes: limits.unpacked };
        let response = context.egress().fetch(&request).await.map_err(not_fetched)?;
        match response.status {
            200..300 => {
                let origin = Origin { pack: pack.clone(), branch: branch.to_owned() };
                let mut discovery = unpack(response, origin, limits).await?;
                if branch == HEAD {
                    let warning = "The branch of this pack does not exist; the default branch was read";
                    discovery.warnings.insert(0, warning.to_owned());
                }
                return Ok(discovery);
            }
            404 | 410 => {}
            status => {
                let cause = format!("the server of archives answered {status}");
                return Err(unreadable("its server refused", Some(cause.into())));
            }
        }
    }
    Err(unreadable("it does not exist or is not public", None))
}

fn archive_url(archives: &Url, pack: &PackUrl, reference: &str) -> Result<Url> {
    let mut url = archives.clone();
    url.path_segments_mut()
        .map_err(|()| Error::internal("the address of archives cannot have a path"))?
        .pop_if_empty()
        .extend([&pack.owner, &pack.repository, "tar.gz"])
        .extend(reference.split('/'));
    Ok(url)
}

/// Unpacks on a thread where blocking is allowed. When this future is dropped, the thread finds the archive ended.
async fn unpack(mut response: Response, origin: Origin, limits: Limits) -> Result<Discovery> {
    let (sender, receiver) = mpsc::channel(PIECES);
    let reader = Pieces { receiver, current: Bytes::new() };
    let reading = tokio::task::spawn_blocking(move || discovery::read(reader, &origin, limits));
    let mut broken = None;
    loop {
        match response.chunk().await {
            Ok(Some(piece)) => {
                // The reader has seen enough, or too much.
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
    }
    drop(sender);
    let read = reading.await.map_err(Error::internal)?;
    match (read, broken) {
        (_, Some(error)) => Err(not_fetched(error)),
        (Ok(discovery), None) => Ok(discovery),
        (Err(error), None) => Err(unreadable(&archive_text(&error), Some(Box::new(error)))),
    }
}

fn archive_text(error: &ArchiveError) -> String {
    match error {
        ArchiveError::TooManyEntries(max) => format!("it has more than {max} files and folders"),
        ArchiveError::TooLarge(max) => format!("it has more than {} MB", max / 1024 / 1024),
        ArchiveError::Broken(_) => "its archive is damaged".to_owned(),
    }
}

/// The archive as it arrives.
struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

/// A skill after its pack was read, when that changes anything.
fn merged(old: &Skill, found: Discovered, pack_id: Uuid) -> Option<Skill> {
    // What came without a pack was added by hand, also in a database that was taken over.
    let is_edited = old.is_edited || !old.metadata.0.contains_key("discovery_mode");
    let new = Skill {
        pack_id: Some(pack_id),
        name: if is_edited { old.name.clone() } else { found.name },
        description: if is_edited { old.description.clone() } else { found.description },
        category: found.category,
        risk: found.risk,
        source: found.source,
        metadata: Json(found.metadata),
        is_edited,
        vanished_at: None,
        ..old.clone()
    };
    (new != *old).then_some(new)
}

fn added(txn: &Txn, pack: &PackRow, found: Discovered) -> Skill {
    Skill {
        id: txn.new_id(),
        organization_id: pack.organization_id,
        pack_id: Some(pack.id),
        name: found.name,
        description: found.description,
        category: found.category,
        risk: found.risk,
        source: found.source,
        source_url: found.source_url,
        metadata: Json(found.metadata),
        is_edited: false,
        vanished_at: None,
        created_at: txn.now(),
        updated_at: txn.now(),
    }
}

async fn apply(
    context: &Context,
    scope: &OrgAdmin,
    pack: &PackRow,
    url: &PackUrl,
    discovery: Discovery,
) -> Result<SyncReport> {
    let organization_id = pack.organization_id;
    let txn = context.store().begin().await?;
    queries::lock(&txn, organization_id).await?;
    // It may be gone, or name another repository, since it was read.
    let present = packs::row(&txn, organization_id, pack.id).await?;
    if present.source_url != pack.source_url {
        return Err(Error::conflict("The source_url of the pack has changed meanwhile; sync again"));
    }
    let urls: Vec<String> = discovery.skills.iter().map(|skill| skill.source_url.clone()).collect();
    let known = queries::at(&txn, organization_id, &urls).await?;
    let known: HashMap<&str, &Skill> = known.iter().map(|skill| (skill.source_url.as_str(), skill)).collect();
    let mut report = SyncReport {
        synced: i64::try_from(discovery.skills.len()).unwrap_or(i64::MAX),
        warnings: discovery.warnings,
        ..SyncReport::default()
    };
    let mut changes = Vec::new();
    for found in discovery.skills {
        match known.get(found.source_url.as_str()) {
            None => {
                report.created += 1;
                changes.push(added(&txn, pack, found));
            }
            Some(old) => {
                if let Some(new) = merged(old, found, pack.id) {
                    report.updated += 1;
                    changes.push(Skill { updated_at: txn.now(), ..new });
                }
            }
        }
    }
    queries::save(&txn, changes).await?;
    if discovery.is_complete {
        let urls: HashSet<&str> = urls.iter().map(String::as_str).collect();
        let listed = queries::listed(&txn, organization_id, pack.id, &url.key()).await?;
        let gone: Vec<Uuid> =
            listed.into_iter().filter(|(_, url)| !urls.contains(url.as_str())).map(|(id, _)| id).collect();
        queries::mark_vanished(&txn, &gone, txn.now()).await?;
    }
    txn.run_one(
        sql("UPDATE skill_packs SET last_synced_at = $2, last_sync_error = NULL WHERE id = $1")
            .bind(pack.id)
            .bind(txn.now()),
    )
    .await?;
    let data = json!({ "pack_id": pack.id, "synced": report.synced, "created": report.created, "updated": report.updated });
    txn.append(
        NewEvent::new("skill_pack.synced", organization_id).user(Some(scope.actor().user().id)).data(data),
    )
    .await?;
    txn.commit().await?;
    Ok(report)
}

/// Writes the reason down, so that it can be seen later.
async fn note_failure(context: &Context, pack: &PackRow, error: &Error) -> Result<()> {
    let crate::Detail::Text(text) = &error.detail else { return Ok(()) };
    let txn = context.store().begin().await?;
    txn.run(
        sql("UPDATE skill_packs SET last_sync_error = $2 WHERE id = $1").bind(pack.id).bind(text.as_str()),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}
