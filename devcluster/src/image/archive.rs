//! An OCI image layout in one tar file: one manifest, layers as they are (compressing costs more than it saves here).

use std::{
    env::consts,
    fs::{File, Permissions},
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Archive, Builder, EntryType};

use super::tree::header;
use super::{Error, Tree, at};

const INDEX: &str = "index.json";
const CONFIG_TYPE: &str = "application/vnd.oci.image.config.v1+json";
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
const LAYER_TYPE: &str = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

/// What a container of the image runs unless its pod says otherwise.
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
    /// The image configuration over layers of these digests.
    pub fn json(&self, layers: &[String]) -> Value {
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
        json!({ "architecture": architecture(), "os": "linux", "config": config, "rootfs": rootfs })
    }
}

/// Writes the archive under a temporary name and renames it, so that it is complete or not there.
pub(super) fn write(path: &Path, name: &str, config: &Config, layers: &[Tree]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let layers: Vec<Layer> = layers.iter().map(|tree| Layer::write(tree, folder)).collect::<Result<_, _>>()?;
    let digests: Vec<String> = layers.iter().map(|layer| layer.digest.clone()).collect();
    let config = config.json(&digests).to_string();
    let layer_list: Vec<Value> =
        layers.iter().map(|layer| descriptor(LAYER_TYPE, &layer.digest, layer.bytes)).collect();
    let config_entry = descriptor(CONFIG_TYPE, &digest_of(config.as_bytes()), config.len() as u64);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config_entry, "layers": layer_list,
    });
    let manifest = manifest.to_string();
    let index = index(name, &manifest).to_string();

    let failed = || at(path);
    let partial = tempfile::Builder::new().permissions(Permissions::from_mode(0o644)).tempfile_in(folder);
    let partial = partial.map_err(failed())?;
    let mut builder = Builder::new(BufWriter::new(partial));
    // The index comes early so that a reader who wants only the digest reads no layer.
    add(&mut builder, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#).map_err(failed())?;
    add(&mut builder, INDEX, index.as_bytes()).map_err(failed())?;
    for blob in [&manifest, &config] {
        add(&mut builder, &blob_path(&digest_of(blob.as_bytes())), blob.as_bytes()).map_err(failed())?;
    }
    for layer in layers {
        let mut entry = header(EntryType::Regular, 0o644, layer.bytes);
        builder.append_data(&mut entry, blob_path(&layer.digest), layer.file).map_err(failed())?;
    }
    let written = builder.into_inner().and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
    written.map_err(failed())?.persist(path).map(drop).map_err(|error| at(path)(error.error))
}

/// The digest of an archive's manifest.
pub(super) fn digest(path: &Path) -> io::Result<String> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, "no OCI index in the archive");
    for entry in Archive::new(BufReader::new(File::open(path)?)).entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == INDEX {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let index: Value = serde_json::from_str(&text)?;
            return index["manifests"][0]["digest"].as_str().map(str::to_owned).ok_or_else(invalid);
        }
    }
    Err(invalid())
}

/// A layer's tar file without a name, ready to be read.
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

fn index(name: &str, manifest: &str) -> Value {
    let mut entry = descriptor(MANIFEST_TYPE, &digest_of(manifest.as_bytes()), manifest.len() as u64);
    entry["platform"] = json!({ "os": "linux", "architecture": architecture() });
    let tag = name.rsplit(':').next();
    entry["annotations"] = json!({ "io.containerd.image.name": name, "org.opencontainers.image.ref.name": tag });
    json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [entry] })
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

/// The architecture's name in OCI images, which is Go's.
fn architecture() -> &'static str {
    match consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
