//! Which instructions the kernels may use.

use std::fmt;

/// An instruction set that kernels are written for. All of them give the same bits.
///
/// A value other than [`Isa::SCALAR`] is proof that this machine has the instructions: [`Isa::detect`] and
/// [`Isa::available`] ask the processor, and nothing else makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Kind);

/// What an [`Isa`] is, to choose a kernel by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

/// Plain Rust, which every machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar;

/// Proof that this machine has AVX2, FMA and F16C (x86-64 since 2013).
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Proof that this machine has AVX-512 with 8-bit dot products (x86-64 since 2019), and all of [`Avx2`].
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512(());

impl Isa {
    /// Plain Rust.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// The fastest that this machine has.
    #[must_use]
    pub fn detect() -> Self {
        Self::available().last().copied().unwrap_or(Self::SCALAR)
    }

    /// All that this machine has, slowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let scalar = Some(Self::SCALAR);
        #[cfg(target_arch = "x86_64")]
        let vectors = [Avx2::detect().map(Kind::Avx2), Avx512::detect().map(Kind::Avx512)];
        #[cfg(not(target_arch = "x86_64"))]
        let vectors: [Option<Kind>; 0] = [];
        scalar.into_iter().chain(vectors.into_iter().flatten().map(Self)).collect()
    }

    pub(super) fn kind(self) -> Kind {
        self.0
    }
}

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    fn detect() -> Option<Self> {
        let is_there =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
        is_there.then_some(Self(()))
    }
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    fn detect() -> Option<Self> {
        Avx2::detect()?;
        let is_there = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        is_there.then_some(Self(()))
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "AVX-512 VNNI",
        })
    }
}
