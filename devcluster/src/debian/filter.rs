//! Which packages of a list of dependencies are unpacked.

use super::packages::Package;
use crate::arch::Arch;

/// What the unpacked files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Programs that run on this machine.
    Run,
    /// Files of an image of this architecture.
    Image(Arch),
}

impl Purpose {
    pub fn word(self) -> String {
        match self {
            Self::Run => "run".to_owned(),
            Self::Image(Arch::OWN) => "image".to_owned(),
            // Files for one architecture do not replace those for another.
            Self::Image(arch) => format!("image-{}", arch.name()),
        }
    }

    pub fn arch(self) -> Arch {
        match self {
            Self::Run => Arch::OWN,
            Self::Image(arch) => arch,
        }
    }
}

/// Packages that others need for their installation scripts only, or for features that are not used here (LLVM, 100 MB,
/// serves PostgreSQL's just-in-time compiler only). A name that ends in `*` stands for all that begin with it.
const NEVER: [&str; 42] = [
    "adduser",
    "adwaita-icon-theme",
    "bash",
    "coreutils",
    "dash",
    "dbus*",
    "dconf-*",
    "debconf*",
    "debianutils",
    "dmsetup",
    "dpkg",
    "fonts-glyphicons-*",
    "gcc-*",
    "hicolor-icon-theme",
    "init-system-helpers",
    "libc-l10n",
    "libfile-find-rule-perl",
    "libgdbm*",
    "libjs-*",
    "libjson-perl",
    "libllvm*",
    "libnumber-compare-perl",
    "libperl*",
    "libtext-glob-perl",
    "libz3*",
    "locales*",
    "lsb-base",
    "mount",
    "netbase",
    "openssl",
    "openssl-provider-*",
    "passwd",
    "perl*",
    "postgresql-common*",
    "procps",
    "readline-common",
    "sensible-utils",
    "ssl-cert",
    "systemd*",
    "sysvinit-utils",
    "tar",
    "usrmerge",
];

/// Packages that every Debian has. The machine's dynamic loader does not work with another version of the C library.
const EVERYWHERE: [&str; 4] = ["libc-bin", "libc6", "libcrypt1", "libselinux1"];

/// The packages to unpack, in the same order.
pub(super) fn needed(packages: Vec<Package>, purpose: Purpose) -> Vec<Package> {
    let everywhere: &[&str] = if purpose == Purpose::Run { &EVERYWHERE } else { &[] };
    let left_out = |name: &str| NEVER.iter().chain(everywhere).any(|pattern| matches(pattern, name));
    packages.into_iter().filter(|package| !left_out(&package.name)).collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}
