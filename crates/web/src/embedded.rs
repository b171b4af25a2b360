//! The files that `build.rs` put into the executable.

use std::borrow::Cow;

use bytes::Bytes;

/// Whether the files are the console, and not the page of a build without it.
pub(crate) const EMBEDDED: bool = matches!(env!("MC_UI_EMBEDDED").as_bytes(), b"true");

/// One file of the console.
pub(crate) struct File {
    pub(crate) content: Bytes,
    /// SHA-256 of the content.
    pub(crate) digest: [u8; 32],
}

/// Where files come from: the executable, or a test. A file may lie there in coded forms only.
pub(crate) trait Files {
    /// What lies under exactly this relative path, such as `assets/index-1a2b.js` or `assets/index-1a2b.js.gz`.
    fn get(&self, path: &str) -> Option<File>;
}

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/ui"]
struct Ui;

/// The files in this executable.
pub(crate) struct Embedded;

impl Files for Embedded {
    fn get(&self, path: &str) -> Option<File> {
        let file = Ui::get(path)?;
        Some(File {
            content: match file.data {
                Cow::Borrowed(content) => Bytes::from_static(content),
                Cow::Owned(content) => Bytes::from(content),
            },
            digest: file.metadata.sha256_hash(),
        })
    }
}
