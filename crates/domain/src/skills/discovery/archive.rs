//! Reading a repository out of its archive, piece by piece and within bounds. Nothing is written to disk.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::{Discovered, Discovery, Origin, Warnings, clean_path, index, skill_md};

/// How much of a repository is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::skills) struct Limits {
    /// The most bytes of the unpacked archive.
    pub(in crate::skills) unpacked: u64,
    /// The most entries of the archive.
    pub(in crate::skills) entries: usize,
    /// The largest file that is looked into, in bytes.
    pub(in crate::skills) file: u64,
    /// The most skills that are taken.
    pub(in crate::skills) skills: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked: 200 * 1024 * 1024, entries: 20_000, file: 1024 * 1024, skills: 5_000 }
    }
}

/// Extended headers hold long paths; more than this is no path.
const HEADER_MAX: u64 = 64 * 1024;
/// The longest path that is kept, in bytes.
const PATH_MAX: usize = 1_000;

/// Why an archive was not read to its end.
#[derive(Debug, thiserror::Error)]
pub(in crate::skills) enum ArchiveError {
    /// More entries than allowed.
    #[error("the repository has more than {0} files and folders")]
    TooManyEntries(usize),
    /// More bytes than allowed.
    #[error("the repository has more than {} MB", .0 / 1024 / 1024)]
    TooLarge(u64),
    /// It is no archive, or breaks off.
    #[error("the archive of the repository cannot be read")]
    Broken(#[source] io::Error),
}

/// Counts what comes out of the decompressor, and ends it when it is too much.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => {
                self.left = 0;
                Err(io::Error::other(Overflow))
            }
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the archive is larger than allowed")]
struct Overflow;

/// What is collected while the archive passes by.
#[derive(Default)]
struct Found {
    /// The index at the root, as far as it counts.
    index: Option<Vec<serde_json::Map<String, serde_json::Value>>>,
    /// The heads of all `SKILL.md`, by folder.
    heads: BTreeMap<String, skill_md::Head>,
    skipped_links: usize,
    is_cut: bool,
    warnings: Warnings,
}

/// Reads what skills a gzipped tar lists. Blocks: not for an async thread.
pub(in crate::skills) fn read(
    packed: impl Read,
    origin: &Origin,
    limits: Limits,
) -> Result<Discovery, ArchiveError> {
    let unpacked = Bounded { inner: MultiGzDecoder::new(packed), left: limits.unpacked };
    let broken = |error: io::Error| match error.get_ref() {
        Some(cause) if cause.is::<Overflow>() => ArchiveError::TooLarge(limits.unpacked),
        _ => ArchiveError::Broken(error),
    };
    let mut archive = Archive::new(unpacked);
    let mut found = Found::default();
    let mut long_path: Option<Vec<u8>> = None;
    // Raw entries: the library would read extended headers of any size into memory.
    for (number, entry) in archive.entries().map_err(broken)?.raw(true).enumerate() {
        let mut entry = entry.map_err(broken)?;
        if number >= limits.entries {
            return Err(ArchiveError::TooManyEntries(limits.entries));
        }
        match entry.header().entry_type() {
            EntryType::XHeader => {
                let bytes = up_to(&mut entry, HEADER_MAX).map_err(broken)?.unwrap_or_default();
                long_path = pax_path(&bytes).or(long_path);
            }
            EntryType::GNULongName => {
                let bytes = up_to(&mut entry, HEADER_MAX).map_err(broken)?.unwrap_or_default();
                long_path = Some(bytes.into_iter().take_while(|byte| *byte != 0).collect());
            }
            EntryType::XGlobalHeader | EntryType::GNULongLink | EntryType::Directory => {
                if entry.header().entry_type() == EntryType::Directory {
                    long_path = None;
                }
            }
            EntryType::Regular | EntryType::Continuous => {
                let path = long_path.take().unwrap_or_else(|| entry.path_bytes().into_owned());
                if let Some(path) = within_repository(&path) {
                    found.file(&path, &mut entry, limits).map_err(broken)?;
                }
            }
            // Links lead anywhere, and devices are nothing to read.
            _ => {
                long_path = None;
                found.skipped_links += 1;
            }
        }
    }
    Ok(found.into_discovery(origin, limits))
}

/// The whole of an entry, unless it is larger than `max`.
fn up_to(entry: &mut impl Read, max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    entry.take(max + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max).then_some(bytes))
}

fn pax_path(bytes: &[u8]) -> Option<Vec<u8>> {
    tar::PaxExtensions::new(bytes)
        .filter_map(Result::ok)
        .find(|extension| extension.key_bytes() == b"path")
        .map(|extension| extension.value_bytes().to_vec())
}

/// The path below the archive's one top folder; none for what lies outside it or cannot be a path.
fn within_repository(path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok().filter(|path| path.len() <= PATH_MAX)?;
    let (_, inside) = path.trim_start_matches("./").split_once('/')?;
    clean_path(inside).filter(|path| !path.is_empty() && !path.contains(char::is_control))
}

impl Found {
    fn file(&mut self, path: &str, entry: &mut impl Read, limits: Limits) -> io::Result<()> {
        if path == "skills_index.json" {
            match up_to(entry, limits.file)? {
                Some(bytes) => {
                    self.index = index::entries(&bytes);
                    if self.index.is_none() {
                        self.warnings.add(|| {
                            "skills_index.json is not a list of objects; SKILL.md files are used instead"
                                .into()
                        });
                    }
                }
                None => self.warnings.add(|| {
                    format!(
                        "skills_index.json is larger than {} bytes; SKILL.md files are used instead",
                        limits.file
                    )
                }),
            }
            return Ok(());
        }
        let folder = match path.strip_suffix("SKILL.md") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.trim_end_matches('/'),
            _ => return Ok(()),
        };
        if path.split('/').any(|part| part.starts_with('.')) {
            return Ok(());
        }
        match up_to(entry, limits.file)? {
            _ if self.heads.len() >= limits.skills && !self.heads.contains_key(folder) => self.is_cut = true,
            Some(bytes) => {
                self.heads.insert(folder.to_owned(), skill_md::head(&bytes));
            }
            None => {
                // It is there, but says nothing that is read.
                self.warnings.add(|| format!("{path} is larger than {} bytes and was not read", limits.file));
                self.heads.insert(folder.to_owned(), skill_md::Head::default());
            }
        }
        Ok(())
    }

    fn into_discovery(self, origin: &Origin, limits: Limits) -> Discovery {
        let Self { index, heads, skipped_links, mut is_cut, mut warnings } = self;
        if skipped_links > 0 {
            warnings.add(|| format!("{skipped_links} links and special files were ignored"));
        }
        let listed: Vec<Discovered> = match index {
            Some(entries) => {
                is_cut = entries.len() > limits.skills;
                entries
                    .iter()
                    .take(limits.skills)
                    .enumerate()
                    .filter_map(|(number, entry)| index::skill(origin, number + 1, entry, &mut warnings))
                    .collect()
            }
            None => heads.into_iter().map(|(folder, head)| skill_md::skill(origin, &folder, head)).collect(),
        };
        if is_cut {
            warnings
                .add(|| format!("The pack lists more than {} skills; the rest was left out", limits.skills));
        }
        Discovery { skills: last_wins(listed), is_complete: !is_cut, warnings: warnings.into_texts() }
    }
}

/// Of skills with the same address the last one, at the place of the first.
fn last_wins(listed: Vec<Discovered>) -> Vec<Discovered> {
    let mut places = std::collections::HashMap::new();
    let mut skills: Vec<Discovered> = Vec::with_capacity(listed.len());
    for skill in listed {
        match places.get(&skill.source_url) {
            Some(place) => skills[*place] = skill,
            None => {
                places.insert(skill.source_url.clone(), skills.len());
                skills.push(skill);
            }
        }
    }
    skills
}

#[cfg(test)]
mod tests;
