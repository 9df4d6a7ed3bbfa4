//! Integration tests of `image`: archives are read back and checked, and their programs run.

mod layout;
mod packages;
mod postgres;

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use devcluster::arch::Arch;
use devcluster::image::{self, Error, ImageRef};
use layout::Layout;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use object::elf;

use crate::waiting::wait_for;

/// Printed by this test binary when it is run as one of our programs.
const LISTED: &str = "image::libraries_of_a_program_are_complete: test";

#[tokio::test]
async fn same_files_give_the_same_bytes() {
    let scratch = tempfile::tempdir().unwrap();
    let (one, two) = (scratch.path().join("one"), scratch.path().join("two"));
    let (first, second) =
        (image::pause(&[Arch::OWN], &one).await.unwrap(), image::pause(&[Arch::OWN], &two).await.unwrap());
    assert_eq!(first.name, "coverletter.dev/pause:1");
    assert_eq!(first.digest, second.digest);
    assert!(fs::read(&first.archive).unwrap() == fs::read(&second.archive).unwrap(), "the archives differ");
    let written = fs::metadata(&first.archive).unwrap().modified().unwrap();
    assert_eq!(image::pause(&[Arch::OWN], &one).await.unwrap(), first);
    assert_eq!(fs::metadata(&first.archive).unwrap().modified().unwrap(), written, "it was written again");
}

#[tokio::test]
async fn an_image_of_two_architectures_is_one_index_whose_programs_are_each_machines_own() {
    let scratch = tempfile::tempdir().unwrap();
    let (one, two) = (scratch.path().join("one"), scratch.path().join("two"));
    let both = [Arch::AMD64, Arch::ARM64];
    let image = image::pause(&both, &one).await.unwrap();
    assert_eq!(image.digest, image::pause(&both, &two).await.unwrap().digest);
    let images = Layout::read_all(&image);
    let names: Vec<_> = images.iter().map(|image| image.config["architecture"].as_str().unwrap()).collect();
    assert_eq!(names, ["amd64", "arm64"]);
    for (image, machine) in images.iter().zip([elf::EM_X86_64, elf::EM_AARCH64]) {
        let root = scratch.path().join(machine.to_string());
        image.unpack(&root);
        let program = fs::read(root.join("bin/busybox")).unwrap();
        assert_eq!(program[18..20], machine.to_le_bytes(), "not for {}", image.config["architecture"]);
    }
}

#[tokio::test]
async fn a_model_lies_at_the_root_of_its_image() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("model");
    fs::create_dir_all(folder.join("tokenizer")).unwrap();
    fs::write(folder.join("tokenizer/vocabulary.txt"), "words").unwrap();
    let images = scratch.path().join("images");
    let refused = image::model(&folder, &images).await.unwrap_err().to_string();
    assert!(refused.contains("it needs a GGUF file"), "{refused}");
    // As in the cache of a hub.
    fs::write(scratch.path().join("blob"), "weights").unwrap();
    std::os::unix::fs::symlink("../blob", folder.join("model.gguf")).unwrap();
    let layout = Layout::read(&image::model(&folder, &images).await.unwrap());
    let paths = layout.paths();
    assert_eq!(paths.into_iter().collect::<Vec<_>>(), ["model.gguf", "tokenizer/", "tokenizer/vocabulary.txt"]);
    let unpacked = scratch.path().join("unpacked");
    layout.unpack(&unpacked);
    assert_eq!(fs::read_to_string(unpacked.join("model.gguf")).unwrap(), "weights", "not what the link leads to");
    assert_eq!(layout.config["config"]["Entrypoint"], serde_json::Value::Null, "there is nothing to start");
}

#[tokio::test]
async fn archive_is_a_valid_layout_and_its_tag_follows_the_content() {
    let scratch = tempfile::tempdir().unwrap();
    let first = coverletter(scratch.path(), "weights").await;
    let layout = Layout::read(&first);
    assert_eq!(layout.config["config"]["User"], "65532:65532");
    assert_eq!(layout.layers.len(), 3);
    let paths = layout.paths();
    for path in [
        "usr/local/bin/operator",
        "usr/local/bin/webapp",
        "usr/local/bin/inference",
        "models/built-in/tokenizer/vocabulary.txt",
        "etc/passwd",
        "etc/os-release",
        "var/lib/dpkg/status.d/libc6",
        "var/lib/dpkg/status.d/ca-certificates",
        "var/lib/dpkg/status.d/tzdata",
        "etc/ssl/certs/ca-certificates.crt",
        "usr/share/zoneinfo/Europe/London",
        "tmp/",
    ] {
        assert!(paths.contains(path), "no {path} in the image");
    }
    // A package that was unpacked beside them, and of which nothing is taken.
    assert!(!paths.iter().any(|path| path.contains("status.d/libssl")), "{paths:?}");
    let packages = image::packages(&first.archive).unwrap();
    let names: Vec<_> = packages.iter().map(|package| package.name.as_str()).collect();
    assert!(["ca-certificates", "libc6", "tzdata"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(packages.iter().all(|package| !package.version.is_empty()), "{packages:?}");
    let libc = layout.text("var/lib/dpkg/status.d/libc6");
    assert!(libc.starts_with("Package: libc6\n") && libc.contains("\nVersion: "), "{libc}");

    let changed = coverletter(scratch.path(), "other weights").await;
    assert_ne!(first.name, changed.name);
    let (old, new) = (layout.layers, Layout::read(&changed).layers);
    assert_eq!((&old[0], &old[2]), (&new[0], &new[2]), "only the model's layer changed");
    assert_ne!(old[1], new[1]);
    assert_eq!(coverletter(scratch.path(), "weights").await, first);
}

#[tokio::test]
async fn libraries_of_a_program_are_complete() {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path().join("root");
    Layout::read(&coverletter(scratch.path(), "weights").await).unpack(&root);
    // The image's own loader, which then searches the image only.
    let loader = find(&root, |name| name.starts_with("ld-linux"));
    let libraries = find(&root, |name| name == "libc.so.6");
    let output = Command::new(loader)
        .arg("--inhibit-cache")
        .arg("--library-path")
        .arg(libraries.parent().unwrap())
        .arg(root.join("usr/local/bin/webapp"))
        .arg("--list")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains(LISTED), "{output:?}");
}

#[tokio::test]
async fn missing_program_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let missing = image::coverletter(&[own(scratch.path())], scratch.path(), None, scratch.path()).await.unwrap_err();
    assert!(matches!(&missing, Error::NotBuilt(path) if path.ends_with("operator")), "{missing}");
    assert!(missing.to_string().contains("cargo build --release"), "{missing}");
}

#[tokio::test]
async fn pause_ends_on_the_first_signal() {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path().join("root");
    let layout = Layout::read(&image::pause(&[Arch::OWN], scratch.path()).await.unwrap());
    layout.unpack(&root);
    let entrypoint: Vec<String> = serde_json::from_value(layout.config["config"]["Entrypoint"].clone()).unwrap();
    let script = entrypoint[3].replace("/bin/busybox", root.join("bin/busybox").to_str().unwrap());
    let mut pause =
        Command::new(root.join("bin/busybox")).args(["sh", "-c", &script]).process_group(0).spawn().unwrap();
    let sleeps = format!("/proc/{0}/task/{0}/children", pause.id());
    wait_for("the sleeping child", || fs::read_to_string(&sleeps).ok().filter(|text| !text.is_empty()));
    let asked = Command::new("kill").arg(pause.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(pause.wait().unwrap().success());
    // Without a process namespace, which would end with process 1, its sleeping child goes on.
    killpg(Pid::from_raw(pause.id().cast_signed()), Signal::SIGKILL).unwrap();
}

/// An image whose three programs are this test binary and whose model is two small files.
async fn coverletter(scratch: &Path, weights: &str) -> ImageRef {
    let (programs, model) = (scratch.join("programs"), scratch.join("model"));
    fs::create_dir_all(&programs).unwrap();
    fs::create_dir_all(model.join("tokenizer")).unwrap();
    for program in ["operator", "webapp", "inference"] {
        fs::copy(env::current_exe().unwrap(), programs.join(program)).unwrap();
    }
    fs::write(model.join("weights"), weights).unwrap();
    fs::write(model.join("tokenizer/vocabulary.txt"), "letter\n").unwrap();
    image::coverletter(&[own(&programs)], &model, None, &scratch.join("images")).await.unwrap()
}

fn own(programs: &Path) -> (Arch, PathBuf) {
    (Arch::OWN, programs.to_owned())
}

/// The only file below `folder` whose name `wanted` accepts.
fn find(folder: &Path, wanted: fn(&str) -> bool) -> PathBuf {
    fn walk(folder: &Path, wanted: fn(&str) -> bool, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), wanted, found);
            } else if wanted(&entry.file_name().to_string_lossy()) {
                found.push(entry.path());
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, wanted, &mut found);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}
