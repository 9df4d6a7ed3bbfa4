//! A PostgreSQL image from Debian's packages, reduced to what a server and its clients run.

use std::fs;
use std::path::{Path, PathBuf};

use super::archive::{Config, Image};
use super::base::{self, User};
use super::error::{Error, at};
use super::libraries;
use super::tree::Tree;
use crate::arch::Arch;
use crate::debian;

/// Makes the data folder before the first start, and starts the server.
const ENTRYPOINT: &str = include_str!("postgres/entrypoint.sh");

const PACKAGES: [&str; 5] = ["postgresql", "busybox-static", "libc-bin", "libgcc-s1", "tzdata"];
const PROGRAMS: [&str; 7] = ["postgres", "initdb", "pg_ctl", "psql", "pg_dump", "pg_restore", "pg_isready"];

/// The commands of the entrypoint and of the backups, and some that help in `kubectl exec`.
const APPLETS: [&str; 19] = [
    "cat", "chmod", "date", "df", "env", "id", "ls", "mkdir", "mv", "ps", "rm", "rmdir", "sed", "sh", "sleep", "stat",
    "sync", "tail", "touch",
];

/// The user and the data folder of the official image.
const USER: User = User { name: "postgres", id: 999, home: "/var/lib/postgresql" };
const DATA: &str = "/var/lib/postgresql/data";
const VERSIONS: &str = "usr/lib/postgresql";

pub(super) async fn image(arch: Arch) -> Result<Image, Error> {
    let unpacked = debian::unpack_for_image(&PACKAGES, arch).await?;
    let root = unpacked.root();
    let version = version(root)?;
    let mut tree = Tree::default();
    base::system(&mut tree, &USER);
    base::time_zones(&mut tree, root)?;
    tree.copy(&root.join("usr/lib/locale/C.utf8"), "usr/lib/locale/C.utf8", &|_| false)?;
    shell(&mut tree, unpacked.program("busybox").ok_or(Error::MissingFile("busybox"))?);
    let mut programs = server(&mut tree, root, &version)?;
    programs.extend(PROGRAMS.iter().map(|program| root.join(format!("{VERSIONS}/{version}/bin/{program}"))));
    libraries::add(&mut tree, root, arch, &programs)?;
    base::packages(&mut tree, &unpacked, &[])?;
    // Docker gives a new volume the owner of this folder.
    tree.folder_of(USER.id, DATA, 0o700);
    tree.file("usr/local/bin/entrypoint", 0o755, ENTRYPOINT);
    let env = [
        format!("PATH=/usr/local/bin:/{VERSIONS}/{version}/bin:/bin"),
        format!("PGDATA={DATA}"),
        "PGHOST=/tmp".to_owned(),
        "LANG=C.UTF-8".to_owned(),
    ];
    let config = Config {
        entrypoint: vec!["/usr/local/bin/entrypoint"],
        env: env.to_vec(),
        user: "999:999",
        exposed_port: Some(5432),
        // A fast shutdown, which ends open connections. With SIGTERM the server waits until clients disconnect.
        stop_signal: Some("SIGINT"),
    };
    Ok(Image { name: "postgres", tag: Some(version), arch, config, layers: vec![tree] })
}

/// Adds programs, modules and shared files. Returns the modules, which need libraries too.
fn server(tree: &mut Tree, root: &Path, version: &str) -> Result<Vec<PathBuf>, Error> {
    for program in PROGRAMS {
        let path = format!("{VERSIONS}/{version}/bin/{program}");
        tree.file(&path, 0o755, root.join(&path));
    }
    let share = format!("usr/share/postgresql/{version}");
    tree.copy(&root.join(&share), &share, &|name| name == "man")?;
    let mut modules = Vec::new();
    let folder = format!("{VERSIONS}/{version}/lib");
    let source = root.join(&folder);
    for entry in fs::read_dir(&source).map_err(at(&source))? {
        let file = entry.map_err(at(&source))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The module of the just-in-time compiler needs LLVM; without the module the server does not compile.
        if file.extension().is_some_and(|extension| extension == "so") && !name.starts_with("llvmjit") {
            tree.file(&format!("{folder}/{name}"), 0o644, file.clone());
            modules.push(file);
        }
    }
    Ok(modules)
}

fn shell(tree: &mut Tree, busybox: PathBuf) {
    tree.file("bin/busybox", 0o755, busybox);
    for applet in APPLETS {
        tree.link(&format!("bin/{applet}"), "busybox");
    }
}

/// The version of the suite's `postgresql`.
fn version(root: &Path) -> Result<String, Error> {
    let folder = root.join(VERSIONS);
    let entries = fs::read_dir(&folder).map_err(at(&folder))?;
    let versions = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    versions.max().map(|version| version.to_string()).ok_or(Error::MissingFile(VERSIONS))
}
