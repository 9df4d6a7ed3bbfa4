//! The files of a layer, and its tar file: the same files give the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::error::{Error, at};

/// Files, folders and links by their path without a leading `/`; a folder sorts before what is in it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug)]
enum Node {
    Folder { mode: u32, owner: u32 },
    File { mode: u32, content: Content },
    Link { target: PathBuf },
}

/// The bytes of a file.
#[derive(Debug)]
pub(super) enum Content {
    /// Read from this file.
    Of(PathBuf),
    Bytes(Vec<u8>),
}

impl From<PathBuf> for Content {
    fn from(path: PathBuf) -> Self {
        Self::Of(path)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Bytes(text.into())
    }
}

impl Tree {
    /// Adds a folder, and those above it where they are missing.
    pub fn folder(&mut self, path: &str, mode: u32) {
        self.insert(path, Node::Folder { mode, owner: 0 });
    }

    /// Adds a folder that belongs to a user and the group of the same number.
    pub fn folder_of(&mut self, owner: u32, path: &str, mode: u32) {
        self.insert(path, Node::Folder { mode, owner });
    }

    pub fn file(&mut self, path: &str, mode: u32, content: impl Into<Content>) {
        self.insert(path, Node::File { mode, content: content.into() });
    }

    pub fn link(&mut self, path: &str, target: impl Into<PathBuf>) {
        self.insert(path, Node::Link { target: target.into() });
    }

    /// Adds the file or folder at `source` under `path`, except names that `skip` refuses.
    pub fn copy(&mut self, source: &Path, path: &str, skip: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        let metadata = fs::symlink_metadata(source).map_err(at(source))?;
        if metadata.is_symlink() {
            self.link(path, fs::read_link(source).map_err(at(source))?);
        } else if metadata.is_dir() {
            self.folder(path, 0o755);
            for entry in fs::read_dir(source).map_err(at(source))? {
                let entry = entry.map_err(at(source))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if !skip(&name) {
                    self.copy(&entry.path(), &format!("{path}/{name}"), skip)?;
                }
            }
        } else {
            // Of a mode, only the executable bit is the same in every checkout.
            let mode = if metadata.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 };
            self.file(path, mode, source.to_owned());
        }
        Ok(())
    }

    /// The files whose content is taken as it is.
    pub fn sources(&self) -> Vec<&Path> {
        let sources = self.nodes.values().filter_map(|node| match node {
            Node::File { content: Content::Of(path), .. } => Some(path.as_path()),
            _ => None,
        });
        sources.collect()
    }

    /// A hash of all that the bytes of the layer depend on.
    pub fn fingerprint(&self) -> Result<String, Error> {
        let mut hash = Sha256::new();
        for (path, node) in &self.nodes {
            let line = match node {
                Node::Folder { mode, owner } => format!("folder {path} {mode:o} {owner}\n"),
                Node::File { mode, content } => format!("file {path} {mode:o} {}\n", content.hash()?),
                Node::Link { target } => format!("link {path} {}\n", target.display()),
            };
            hash.update(line);
        }
        Ok(hex::encode(hash.finalize()))
    }

    /// Writes the layer as a tar file. Files belong to root and date from 1970.
    pub fn write(&self, output: impl Write) -> Result<(), Error> {
        let mut builder = Builder::new(output);
        for (path, node) in &self.nodes {
            append(&mut builder, path, node)?;
        }
        builder.into_inner().map(drop).map_err(at(Path::new("layer")))
    }

    fn insert(&mut self, path: &str, node: Node) {
        let path = path.trim_start_matches('/');
        for (end, _) in path.match_indices('/') {
            self.nodes.entry(path[..end].to_owned()).or_insert(Node::Folder { mode: 0o755, owner: 0 });
        }
        self.nodes.insert(path.to_owned(), node);
    }
}

impl Content {
    fn hash(&self) -> Result<String, Error> {
        let mut hash = Sha256::new();
        match self {
            Self::Bytes(bytes) => hash.update(bytes),
            Self::Of(path) => {
                let mut file = fs::File::open(path).map_err(at(path))?;
                io::copy(&mut file, &mut Hashing(&mut hash)).map_err(at(path))?;
            }
        }
        Ok(hex::encode(hash.finalize()))
    }
}

/// A writer into a hash.
struct Hashing<'a>(&'a mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append(builder: &mut Builder<impl Write>, path: &str, node: &Node) -> Result<(), Error> {
    let written = at(Path::new(path));
    match node {
        Node::Folder { mode, owner } => {
            let mut header = header(EntryType::Directory, *mode, 0);
            header.set_uid(u64::from(*owner));
            header.set_gid(u64::from(*owner));
            builder.append_data(&mut header, format!("{path}/"), io::empty()).map_err(written)
        }
        Node::Link { target } => {
            let mut header = header(EntryType::Symlink, 0o777, 0);
            builder.append_link(&mut header, path, target).map_err(written)
        }
        Node::File { mode, content: Content::Bytes(bytes) } => {
            let mut header = header(EntryType::Regular, *mode, bytes.len() as u64);
            builder.append_data(&mut header, path, bytes.as_slice()).map_err(written)
        }
        Node::File { mode, content: Content::Of(source) } => {
            let file = fs::File::open(source).map_err(at(source))?;
            let length = file.metadata().map_err(at(source))?.len();
            let mut header = header(EntryType::Regular, *mode, length);
            builder.append_data(&mut header, path, file).map_err(written)
        }
    }
}

/// A header that depends on its arguments only.
pub(super) fn header(kind: EntryType, mode: u32, bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(bytes);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}
