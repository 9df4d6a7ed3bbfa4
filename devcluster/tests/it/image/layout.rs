//! Reads an OCI archive back, and checks every blob against its digest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use devcluster::image::ImageRef;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tar::Archive;

/// One image of an archive.
pub struct Layout {
    pub config: Value,
    /// The digests of the layers.
    pub layers: Vec<String>,
    blobs: BTreeMap<String, Vec<u8>>,
}

impl Layout {
    /// The only image.
    pub fn read(image: &ImageRef) -> Self {
        let mut all = Self::read_all(image);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// The images of all architectures.
    pub fn read_all(image: &ImageRef) -> Vec<Self> {
        let (mut files, mut blobs) = (BTreeMap::new(), BTreeMap::new());
        for entry in Archive::new(File::open(&image.archive).unwrap()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            match path.strip_prefix("blobs/sha256/") {
                Some(digest) => {
                    assert_eq!(
                        digest,
                        hex::encode(Sha256::digest(&bytes)),
                        "a blob does not have the digest of its name"
                    );
                    blobs.insert(format!("sha256:{digest}"), bytes);
                }
                None => assert!(files.insert(path, bytes).is_none(), "a file is there twice"),
            }
        }
        let version: Value = serde_json::from_slice(&files["oci-layout"]).unwrap();
        assert_eq!(version["imageLayoutVersion"], "1.0.0");
        let index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
        assert_eq!(index["manifests"].as_array().unwrap().len(), 1);
        let entry = &index["manifests"][0];
        assert_eq!(entry["annotations"]["io.containerd.image.name"], image.name.as_str());
        assert_eq!(entry["digest"], image.digest.as_str());
        let first: Value = serde_json::from_slice(blob(&blobs, entry)).unwrap();
        let entries = first["manifests"].as_array().cloned();
        let mut known: BTreeSet<String> = entries.iter().map(|_| image.digest.clone()).collect();
        let entries = entries.unwrap_or_else(|| vec![entry.clone()]);
        let all: Vec<_> = entries.iter().map(|entry| Self::of(&blobs, entry, &mut known)).collect();
        assert_eq!(blobs.keys().cloned().collect::<BTreeSet<_>>(), known, "blobs without a descriptor");
        all
    }

    /// The image of a descriptor; adds the digests that it names to `known`.
    fn of(blobs: &BTreeMap<String, Vec<u8>>, entry: &Value, known: &mut BTreeSet<String>) -> Self {
        let manifest: Value = serde_json::from_slice(blob(blobs, entry)).unwrap();
        let config: Value = serde_json::from_slice(blob(blobs, &manifest["config"])).unwrap();
        let entries = manifest["layers"].as_array().unwrap();
        let layers: Vec<String> = entries.iter().map(|entry| entry["digest"].as_str().unwrap().to_owned()).collect();
        for entry in entries {
            blob(blobs, entry);
        }
        assert_eq!(config["architecture"], entry["platform"]["architecture"]);
        for descriptor in [entry, &manifest["config"]].into_iter().chain(entries) {
            known.insert(descriptor["digest"].as_str().unwrap().to_owned());
        }
        assert_eq!(config["rootfs"]["diff_ids"], serde_json::to_value(&layers).unwrap());
        Self { config, layers, blobs: blobs.clone() }
    }

    /// The paths in all layers; those of folders end in `/`.
    pub fn paths(&self) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for layer in &self.layers {
            let mut last = String::new();
            for entry in Archive::new(self.blobs[layer].as_slice()).entries().unwrap() {
                let entry = entry.unwrap();
                assert_eq!(entry.header().mtime().unwrap(), 0);
                let path = entry.path().unwrap().to_str().unwrap().to_owned();
                assert!(last.trim_end_matches('/') < path.trim_end_matches('/'), "{path} is not after {last}");
                last.clone_from(&path);
                paths.insert(path);
            }
        }
        paths
    }

    /// The content of a file in the first layer that has it.
    pub fn text(&self, path: &str) -> String {
        for layer in &self.layers {
            for entry in Archive::new(self.blobs[layer].as_slice()).entries().unwrap() {
                let mut entry = entry.unwrap();
                if entry.path().unwrap().to_str() == Some(path) {
                    let mut text = String::new();
                    entry.read_to_string(&mut text).unwrap();
                    return text;
                }
            }
        }
        panic!("no {path} in the image");
    }

    /// Unpacks the layers over each other, as a container runtime does.
    pub fn unpack(&self, root: &Path) {
        fs::create_dir_all(root).unwrap();
        for layer in &self.layers {
            let mut archive = Archive::new(self.blobs[layer].as_slice());
            archive.set_preserve_permissions(true);
            archive.unpack(root).unwrap();
        }
    }
}

/// The blob of a descriptor, after a check of its size.
fn blob<'a>(blobs: &'a BTreeMap<String, Vec<u8>>, descriptor: &Value) -> &'a [u8] {
    let bytes = &blobs[descriptor["digest"].as_str().unwrap()];
    assert_eq!(descriptor["size"], bytes.len());
    bytes
}
