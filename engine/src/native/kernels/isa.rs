//! Which instructions the kernels may use.

use std::fmt;
#[cfg(target_arch = "x86_64")]
use std::sync::LazyLock;

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
    #[cfg(target_arch = "x86_64")]
    Amx(Amx),
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

/// Proof that this machine has AMX with 8-bit products (Intel's servers since 2023), that the operating system lets this process
/// use it, and all of [`Avx512`].
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amx(Avx512);

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
        let others = [Avx2::detect().map(Kind::Avx2), Avx512::detect().map(Kind::Avx512), Amx::detect().map(Kind::Amx)];
        #[cfg(not(target_arch = "x86_64"))]
        let others: [Option<Kind>; 0] = [];
        scalar.into_iter().chain(others.into_iter().flatten().map(Self)).collect()
    }

    /// Whether it multiplies tiles: such machines have 2 MB of second level cache a core, and what is done for weights once
    /// for many tokens takes a larger share of the time.
    #[must_use]
    pub fn has_tiles(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return matches!(self.0, Kind::Amx(_));
        #[cfg(not(target_arch = "x86_64"))]
        false
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

#[cfg(target_arch = "x86_64")]
impl Amx {
    fn detect() -> Option<Self> {
        static ALLOWED: LazyLock<bool> = LazyLock::new(|| has_amx() && may_use_tiles());
        Avx512::detect().filter(|_| *ALLOWED).map(Self)
    }

    /// The vectors of this machine.
    pub(super) fn avx512(self) -> Avx512 {
        self.0
    }
}

/// Whether the processor has AMX with 8-bit products (`AMX-TILE` and `AMX-INT8`: leaf 7, bits 24 and 25 of EDX).
#[cfg(target_arch = "x86_64")]
fn has_amx() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count};
    __cpuid(0).eax >= 7 && __cpuid_count(7, 0).edx >> 24 & 0b11 == 0b11
}

/// Asks Linux for tiles, which are 8 kB more to save for every thread (`arch_prctl`, `ARCH_REQ_XCOMP_PERM`; see the kernel's
/// `Documentation/arch/x86/xstate.rst`). Threads that there are and those to come have them from then on.
#[cfg(target_arch = "x86_64")]
fn may_use_tiles() -> bool {
    #[cfg(target_os = "linux")]
    {
        const ARCH_REQ_XCOMP_PERM: libc::c_ulong = 0x1023;
        const TILE_DATA: libc::c_ulong = 18;
        // SAFETY: the call takes two numbers, and neither reads nor writes memory of this process.
        #[expect(unsafe_code, reason = "a system call that has no function")]
        let refused = unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, TILE_DATA) };
        refused == 0
    }
    #[cfg(not(target_os = "linux"))]
    false
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "AVX-512 VNNI",
            #[cfg(target_arch = "x86_64")]
            Kind::Amx(_) => "AMX",
        })
    }
}
