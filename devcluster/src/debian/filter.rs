//! Which packages of a closure are worth unpacking.

use super::Package;

/// What the unpacked files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Programs that run on this machine.
    Run,
    /// Files of an image.
    Image,
}

impl Purpose {
    pub fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Image => "image",
        }
    }
}

/// What packages depend on for their installation scripts, or for features that nothing here uses (PostgreSQL's
/// just-in-time compiler alone brings 100 MB of LLVM). Names that end in `*` stand for all that begin so.
const NEVER: [&str; 40] = [
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
    "gcc-*",
    "hicolor-icon-theme",
    "init-system-helpers",
    "libc-l10n",
    "libfile-find-rule-perl",
    "libgdbm*",
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

/// What every Debian has. A second C library beside the machine's dynamic loader would not work.
const EVERYWHERE: [&str; 4] = ["libc-bin", "libc6", "libcrypt1", "libselinux1"];

/// The packages whose files are needed, in the same order.
pub(super) fn needed(packages: Vec<Package>, purpose: Purpose) -> Vec<Package> {
    let everywhere: &[&str] = if purpose == Purpose::Run { &EVERYWHERE } else { &[] };
    let left_out = |name: &str| NEVER.iter().chain(everywhere).any(|pattern| matches(pattern, name));
    packages.into_iter().filter(|package| !left_out(&package.name)).collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}
