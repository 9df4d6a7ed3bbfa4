//! Images, and their archives: an OCI image layout in one tar file.
//!
//! Layers are not compressed: the archives do not leave the machine, and compressing would take longer than it saves.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Archive, Builder, EntryType};

use super::error::{Error, at};
use super::tree::{Tree, header};
use crate::arch::Arch;

/// Archives of one image that are kept: the newest, and some from which a running cluster may have been made.
const ARCHIVES_KEPT: usize = 3;

const INDEX: &str = "index.json";
/// Under this annotation containerd finds the name of an image.
const NAME: &str = "io.containerd.image.name";
const CONFIG_TYPE: &str = "application/vnd.oci.image.config.v1+json";
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
const LAYER_TYPE: &str = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

/// The defaults of a container of the image.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub entrypoint: Vec<&'static str>,
    pub env: Vec<String>,
    /// `uid:gid`.
    pub user: &'static str,
    pub exposed_port: Option<u16>,
    pub stop_signal: Option<&'static str>,
}

impl Config {
    /// The image configuration, with the digests of its layers.
    fn json(&self, arch: Arch, layers: &[String]) -> Value {
        let mut config = json!({ "Env": self.env, "User": self.user, "WorkingDir": "/" });
        if !self.entrypoint.is_empty() {
            config["Entrypoint"] = json!(self.entrypoint);
        }
        if let Some(port) = self.exposed_port {
            config["ExposedPorts"] = json!({ format!("{port}/tcp"): {} });
        }
        if let Some(signal) = self.stop_signal {
            config["StopSignal"] = json!(signal);
        }
        let rootfs = json!({ "type": "layers", "diff_ids": layers });
        json!({ "architecture": arch.name(), "os": "linux", "config": config, "rootfs": rootfs })
    }
}

/// An image in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    /// The name that pods use, with its tag.
    pub name: String,
    /// The archive: an OCI image layout in one tar file.
    pub archive: PathBuf,
    /// The digest of its manifest, or of its index where it has several architectures, `sha256:<64 hexadecimal digits>`.
    pub digest: String,
}

impl ImageRef {
    /// The image in an archive that this module wrote.
    ///
    /// # Errors
    /// When the archive cannot be read, or is none.
    pub fn of(archive: &Path) -> Result<Self, Error> {
        let entry = entry(archive).map_err(at(archive))?;
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(no_index).map_err(at(archive));
        let (name, digest) = (text(&entry["annotations"][NAME])?, text(&entry["digest"])?);
        Ok(Self { name, archive: archive.to_owned(), digest })
    }
}

/// An image of one architecture that is not written yet.
pub(super) struct Image {
    /// The last part of the name, which also begins the archive's file name.
    pub name: &'static str,
    /// The tag; by default, a hash of the content.
    pub tag: Option<String>,
    pub arch: Arch,
    pub config: Config,
    /// From the one that changes least to the one that changes most.
    pub layers: Vec<Tree>,
}

/// Writes one archive of the images, which differ in their architecture, into the folder `out` unless it is there.
pub(super) async fn write(images: Vec<Image>, out: &Path) -> Result<ImageRef, Error> {
    let out = out.to_owned();
    let written = tokio::task::spawn_blocking(move || write_now(&images, &out));
    written.await.expect("writing an image does not panic")
}

fn write_now(images: &[Image], out: &Path) -> Result<ImageRef, Error> {
    let first = images.first().ok_or(Error::NoArchitecture)?;
    let fingerprint = fingerprint(images)?;
    let tag = first.tag.as_deref().unwrap_or(&fingerprint);
    let name = format!("coverletter.dev/{}:{tag}", first.name);
    let path = out.join(format!("{}-{fingerprint}.tar", first.name));
    fs::create_dir_all(out).map_err(at(out))?;
    if !path.exists() {
        eprintln!("Writing image {name}");
        write_archive(&path, &name, images)?;
        remove_old(first.name, out).map_err(at(out))?;
    }
    ImageRef::of(&path)
}

fn fingerprint(images: &[Image]) -> Result<String, Error> {
    let mut parts = Vec::new();
    for image in images {
        parts.extend([image.config.json(image.arch, &[]).to_string(), image.name.to_owned()]);
        parts.extend(image.tag.clone());
        for layer in &image.layers {
            parts.push(layer.fingerprint()?);
        }
    }
    Ok(crate::cache::key(parts))
}

/// Removes all but the newest archives of an image.
fn remove_old(name: &str, out: &Path) -> io::Result<()> {
    let prefix = format!("{name}-");
    let mut archives = Vec::new();
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && Path::new(&name).extension().is_some_and(|extension| extension == "tar") {
            archives.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    archives.sort();
    let old = archives.len().saturating_sub(ARCHIVES_KEPT);
    archives[..old].iter().try_for_each(|(_, path)| fs::remove_file(path))
}

/// Writes the archive under a temporary name and renames it, so that a file of its name is complete.
fn write_archive(path: &Path, name: &str, images: &[Image]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut layers = BTreeMap::new();
    let (mut documents, mut manifests) = (Vec::new(), Vec::new());
    for image in images {
        let mut own = Vec::new();
        for tree in &image.layers {
            let layer = Layer::write(tree, folder)?;
            own.push((layer.digest.clone(), layer.bytes));
            layers.insert(layer.digest.clone(), layer);
        }
        let digests: Vec<String> = own.iter().map(|(digest, _)| digest.clone()).collect();
        let config = image.config.json(image.arch, &digests).to_string();
        let entries: Vec<_> = own.iter().map(|(digest, bytes)| descriptor(LAYER_TYPE, digest, *bytes)).collect();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": described(CONFIG_TYPE, &config), "layers": entries,
        });
        let manifest = manifest.to_string();
        let mut entry = described(MANIFEST_TYPE, &manifest);
        entry["platform"] = json!({ "os": "linux", "architecture": image.arch.name() });
        manifests.push(entry);
        documents.extend([manifest, config]);
    }
    let entry = match <[Value; 1]>::try_from(manifests) {
        Ok([only]) => only,
        Err(several) => {
            let index = json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": several }).to_string();
            let entry = described(INDEX_TYPE, &index);
            documents.insert(0, index);
            entry
        }
    };
    write_tar(path, folder, &index(name, entry), &documents, layers.into_values()).map_err(at(path))
}

fn write_tar(
    path: &Path,
    folder: &Path,
    index: &Value,
    documents: &[String],
    layers: impl Iterator<Item = Layer>,
) -> io::Result<()> {
    let partial = tempfile::Builder::new().permissions(Permissions::from_mode(0o644)).tempfile_in(folder)?;
    let mut builder = Builder::new(BufWriter::new(partial));
    // The index comes before the layers, so that reading the digest reads no layer.
    add(&mut builder, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    add(&mut builder, INDEX, index.to_string().as_bytes())?;
    for document in documents {
        add(&mut builder, &blob_path(&digest_of(document.as_bytes())), document.as_bytes())?;
    }
    for layer in layers {
        let mut entry = header(EntryType::Regular, 0o644, layer.bytes);
        builder.append_data(&mut entry, blob_path(&layer.digest), layer.file)?;
    }
    let file = builder.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// What an archive says of its manifest, or of its index where it has several.
fn entry(path: &Path) -> io::Result<Value> {
    for entry in Archive::new(BufReader::new(File::open(path)?)).entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == INDEX {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let mut index: Value = serde_json::from_str(&text)?;
            return Ok(index["manifests"][0].take());
        }
    }
    Err(no_index())
}

fn no_index() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no OCI index in the archive")
}

/// The tar file of a layer, unnamed and open at its start.
struct Layer {
    file: File,
    digest: String,
    bytes: u64,
}

impl Layer {
    fn write(tree: &Tree, folder: &Path) -> Result<Self, Error> {
        let mut output = BufWriter::new(tempfile::tempfile_in(folder).map_err(at(folder))?);
        tree.write(&mut output)?;
        let mut file = output.into_inner().map_err(|error| at(folder)(error.into_error()))?;
        let bytes = file.stream_position().map_err(at(folder))?;
        let digest = Self::hash(&mut file).map_err(at(folder))?;
        Ok(Self { file, digest, bytes })
    }

    fn hash(file: &mut File) -> io::Result<String> {
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        file.rewind()?;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                length => hash.update(&buffer[..length]),
            }
        }
        file.rewind()?;
        Ok(format!("sha256:{}", hex::encode(hash.finalize())))
    }
}

fn index(name: &str, mut entry: Value) -> Value {
    let tag = name.rsplit(':').next();
    entry["annotations"] = json!({ NAME: name, "org.opencontainers.image.ref.name": tag });
    json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [entry] })
}

fn described(kind: &str, document: &str) -> Value {
    descriptor(kind, &digest_of(document.as_bytes()), document.len() as u64)
}

fn descriptor(kind: &str, digest: &str, bytes: u64) -> Value {
    json!({ "mediaType": kind, "digest": digest, "size": bytes })
}

fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

fn blob_path(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}

fn add(builder: &mut Builder<impl Write>, path: &str, bytes: &[u8]) -> io::Result<()> {
    builder.append_data(&mut header(EntryType::Regular, 0o644, bytes.len() as u64), path, bytes)
}
