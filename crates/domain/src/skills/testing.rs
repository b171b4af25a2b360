//! Repositories as their archives, for tests of this crate and of the HTTP layer.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

/// An archive as GitHub makes it: everything in one top folder, behind a global header.
pub struct Repository {
    builder: Builder<Vec<u8>>,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Repository").finish_non_exhaustive()
    }
}

const TOP: &str = "r-main";

impl Default for Repository {
    fn default() -> Self {
        Self::new()
    }
}

impl Repository {
    /// An archive of nothing.
    #[must_use]
    pub fn new() -> Self {
        let repository = Self { builder: Builder::new(Vec::new()) };
        repository
            .entry(
                "pax_global_header",
                EntryType::XGlobalHeader,
                None,
                b"52 comment=0123456789012345678901234567890123456789\n",
            )
            .entry(&format!("{TOP}/"), EntryType::Directory, None, b"")
    }

    /// Adds a file of the repository.
    #[must_use]
    pub fn file(self, path: &str, content: &str) -> Self {
        self.raw_file(&format!("{TOP}/{path}"), content)
    }

    /// Adds a file under exactly this path of the archive.
    #[must_use]
    pub fn raw_file(self, path: &str, content: &str) -> Self {
        self.entry(path, EntryType::Regular, None, content.as_bytes())
    }

    /// Adds a symbolic link.
    #[must_use]
    pub fn link(self, path: &str, target: &str) -> Self {
        self.entry(&format!("{TOP}/{path}"), EntryType::Symlink, Some(target), b"")
    }

    /// Adds a hard link.
    #[must_use]
    pub fn hard_link(self, path: &str, target: &str) -> Self {
        self.entry(&format!("{TOP}/{path}"), EntryType::Link, Some(target), b"")
    }

    fn entry(mut self, path: &str, kind: EntryType, target: Option<&str>, content: &[u8]) -> Self {
        const SHORT: usize = 100;
        if path.len() > SHORT {
            // As `git archive` does it: an extended header before the entry.
            let record = |length: usize| format!("{length} path={path}\n");
            let base = record(0).len() - 1;
            let length = base + (base + 3).to_string().len();
            self = self.entry("extended", EntryType::XHeader, None, record(length).as_bytes());
        }
        let mut header = Header::new_ustar();
        // Written by hand: the library refuses paths that a hostile archive may have.
        let short = &path.as_bytes()[..path.len().min(SHORT)];
        header.as_old_mut().name[..short.len()].copy_from_slice(short);
        if let Some(target) = target {
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        }
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        self.builder.append(&header, content).expect("memory can be written to");
        self
    }

    /// The gzipped tar.
    ///
    /// # Panics
    /// Never: it is made in memory.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(self.builder.get_ref()).expect("memory can be written to");
        // Two empty blocks end an archive.
        encoder.write_all(&[0; 1024]).expect("memory can be written to");
        encoder.finish().expect("memory can be written to")
    }
}
