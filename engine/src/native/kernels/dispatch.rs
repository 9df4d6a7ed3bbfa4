//! Compiles a kernel once for every instruction set.

/// Compiles one function body for every instruction set and chooses between them by an [`Isa`], the first argument of
/// the function that it defines.
///
/// The body is generic over [`Simd`]; the name before the semicolon is its value, which makes vectors.
///
/// [`Isa`]: super::isa::Isa
/// [`Simd`]: super::lanes::Simd
macro_rules! for_each_isa {
    ($(#[$doc:meta])* $vis:vis fn $name:ident <$type:ident $(, const $constant:ident: usize)?> ($simd:ident; $($argument:ident: $kind:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        $vis fn $name $(<const $constant: usize>)? (isa: $crate::native::kernels::isa::Isa, $($argument: $kind),*) {
            #[inline(always)]
            fn body <$type: $crate::native::kernels::lanes::Simd $(, const $constant: usize)?> ($simd: $type, $($argument: $kind),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2 $(<const $constant: usize>)? (simd: $crate::native::kernels::isa::Avx2, $($argument: $kind),*) {
                body::<_ $(, $constant)?>(simd, $($argument),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")]
            fn avx512 $(<const $constant: usize>)? (simd: $crate::native::kernels::isa::Avx512, $($argument: $kind),*) {
                body::<_ $(, $constant)?>(simd, $($argument),*)
            }

            match isa.kind() {
                $crate::native::kernels::isa::Kind::Scalar => body::<_ $(, $constant)?>($crate::native::kernels::isa::Scalar, $($argument),*),
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "calls a function with target features")]
                // SAFETY: the value is proof that this machine has these instructions.
                $crate::native::kernels::isa::Kind::Avx2(simd) => unsafe { avx2 $(::<$constant>)? (simd, $($argument),*) },
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "calls a function with target features")]
                // SAFETY: as above.
                $crate::native::kernels::isa::Kind::Avx512(simd) => unsafe { avx512 $(::<$constant>)? (simd, $($argument),*) },
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "calls a function with target features")]
                // SAFETY: as above.
                $crate::native::kernels::isa::Kind::Amx(amx) => unsafe { avx512 $(::<$constant>)? (amx.avx512(), $($argument),*) },
            }
        }
    };
}

pub(super) use for_each_isa;
