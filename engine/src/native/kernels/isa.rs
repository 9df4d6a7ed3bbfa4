//! Which instructions the kernels may use.

use std::fmt;

/// An instruction set that kernels are written for. All of them give the same bits.
///
/// A value other than [`Isa::SCALAR`] is proof that this machine has the instructions: there is no other way to make one
/// than [`Isa::detect`] and [`Isa::available`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Kind);

/// What an [`Isa`] is, to choose a kernel by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Plain Rust.
    Scalar,
    /// x86-64 with AVX2, FMA and F16C (since 2013).
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// x86-64 with AVX-512 and its 8-bit dot products (since 2019).
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

impl Isa {
    /// Works everywhere.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// The fastest that this machine has.
    #[must_use]
    pub fn detect() -> Self {
        Self::available().last().copied().unwrap_or(Self::SCALAR)
    }

    /// All that this machine has, slowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "only x86-64 has more"))]
        let mut found = vec![Self::SCALAR];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c") {
                found.push(Self(Kind::Avx2));
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512vnni")
                {
                    found.push(Self(Kind::Avx512Vnni));
                }
            }
        }
        found
    }

    pub(super) fn kind(self) -> Kind {
        self.0
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512Vnni => "AVX-512 VNNI",
        })
    }
}

/// Compiles one function body once for every instruction set and chooses between them by its first argument.
///
/// The body is given the vectors of the instruction set as a type, and every [`Vector`] computes the same bits.
///
/// [`Vector`]: super::lanes::Vector
macro_rules! for_each_isa {
    ($(#[$doc:meta])* $vis:vis fn $name:ident <$vector:ident $(, const $constant:ident: usize)?> ($($argument:ident: $kind:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        $vis fn $name $(<const $constant: usize>)? (isa: $crate::native::kernels::isa::Isa, $($argument: $kind),*) {
            #[inline(always)]
            fn body <$vector: $crate::native::kernels::lanes::Vector $(, const $constant: usize)?> ($($argument: $kind),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2 $(<const $constant: usize>)? ($($argument: $kind),*) {
                body::<$crate::native::kernels::lanes::Avx2 $(, $constant)?>($($argument),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")]
            fn avx512 $(<const $constant: usize>)? ($($argument: $kind),*) {
                body::<$crate::native::kernels::lanes::Avx512 $(, $constant)?>($($argument),*)
            }

            match isa.kind() {
                $crate::native::kernels::isa::Kind::Scalar => body::<$crate::native::kernels::lanes::Lanes $(, $constant)?>($($argument),*),
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "calls a function with target features")]
                // SAFETY: an `Isa` of this kind is only made on a machine that has these instructions.
                $crate::native::kernels::isa::Kind::Avx2 => unsafe { avx2 $(::<$constant>)? ($($argument),*) },
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "calls a function with target features")]
                // SAFETY: as above.
                $crate::native::kernels::isa::Kind::Avx512Vnni => unsafe { avx512 $(::<$constant>)? ($($argument),*) },
            }
        }
    };
}

pub(super) use for_each_isa;
