//! Processor architectures of images, by the names that others give them.

use std::env::consts;
use std::str::FromStr;

/// An architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arch {
    /// Rust's name.
    rust: &'static str,
}

impl Arch {
    /// 64-bit Intel and AMD.
    pub const AMD64: Self = Self { rust: "x86_64" };
    /// 64-bit ARM.
    pub const ARM64: Self = Self { rust: "aarch64" };
    /// That of this program.
    pub const OWN: Self = Self { rust: consts::ARCH };

    /// The name in OCI images, which is Go's, and that of Debian's packages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.rust {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        }
    }

    /// Debian's name in paths of libraries: `x86_64-linux-gnu`.
    #[must_use]
    pub fn multiarch(self) -> String {
        format!("{}-linux-gnu", self.rust)
    }
}

impl FromStr for Arch {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = [Self::AMD64, Self::ARM64];
        let found = known.into_iter().find(|arch| arch.name() == name);
        found.ok_or_else(|| format!("`{name}` is no architecture of images: amd64 and arm64 are"))
    }
}
