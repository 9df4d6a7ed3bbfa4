//! What the machine itself can do: how fast it reads memory, and how fast it multiplies 8-bit numbers.
//!
//! Speeds of a model mean something only beside these: decoding cannot read weights faster than the memory gives them,
//! and reading a prompt cannot be faster than the multipliers.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use memmap2::{Advice, MmapMut};

/// Far beyond any cache.
const BYTES: usize = 1 << 30;
const PASSES: usize = 9;
/// Steps of a measurement of the multipliers: a tenth of a second or so.
const STEPS: usize = 10_000_000;
/// Independent sums, enough to hide how long one instruction takes; the compiler can share no product between them.
const SUMS: usize = 12;

/// Bytes a second that `threads` threads together read with plain loads; the median of several passes.
pub fn read_bytes_per_second(threads: usize) -> anyhow::Result<f64> {
    let mut memory = MmapMut::map_anon(BYTES)?;
    // Where the machine has no large pages this is as fast as it gets without.
    let _ = memory.advise(Advice::HugePage);
    memory.fill(1);
    let words = memory.chunks_exact(BYTES / threads).collect::<Vec<_>>();
    let barrier = Barrier::new(threads + 1);
    let mut seconds: Vec<f64> = std::thread::scope(|scope| {
        for part in &words {
            scope.spawn(|| {
                for _ in 0..PASSES {
                    barrier.wait();
                    black_box(sum(part));
                    barrier.wait();
                }
            });
        }
        (0..PASSES)
            .map(|_| {
                barrier.wait();
                let start = Instant::now();
                barrier.wait();
                start.elapsed().as_secs_f64()
            })
            .collect()
    });
    seconds.sort_by(f64::total_cmp);
    Ok(BYTES as f64 / seconds[PASSES / 2])
}

/// Name and operations a second (a multiplication and an addition are two) of every way to multiply 8-bit numbers that
/// this machine has.
pub fn int8_operations_per_second(threads: usize) -> Vec<(&'static str, f64)> {
    let kernels = kernels();
    kernels.into_iter().map(|(name, kernel)| (name, best_of(threads, &kernel))).collect()
}

/// Runs `kernel`, which returns its number of operations, on all threads at once; the median of several passes.
fn best_of(threads: usize, kernel: &(dyn Fn() -> f64 + Sync)) -> f64 {
    let mut speeds: Vec<f64> = (0..PASSES)
        .map(|_| {
            let start = Instant::now();
            let operations: f64 = std::thread::scope(|scope| {
                let running: Vec<_> = (0..threads).map(|_| scope.spawn(kernel)).collect();
                running.into_iter().map(|thread| thread.join().expect("arithmetic does not panic")).sum()
            });
            operations / start.elapsed().as_secs_f64()
        })
        .collect();
    speeds.sort_by(f64::total_cmp);
    speeds[PASSES / 2]
}

#[cfg(not(target_arch = "x86_64"))]
use portable::{kernels, sum};
#[cfg(target_arch = "x86_64")]
use x86::{kernels, sum};

type Kernel = Box<dyn Fn() -> f64 + Sync>;

#[cfg(not(target_arch = "x86_64"))]
mod portable {
    use super::Kernel;

    pub fn sum(bytes: &[u8]) -> u64 {
        bytes.as_chunks().0.iter().fold(0, |sum, word| sum ^ u64::from_ne_bytes(*word))
    }

    pub fn kernels() -> Vec<(&'static str, Kernel)> {
        Vec::new()
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
        _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_si256, _mm256_xor_si256, _mm512_dpbusd_epi32,
        _mm512_set1_epi8, _mm512_setzero_si512,
    };
    use std::hint::black_box;

    use super::{Kernel, STEPS, SUMS};

    /// Reads everything once.
    pub fn sum(bytes: &[u8]) -> u64 {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            #[expect(unsafe_code, reason = "calls a function for processors with AVX2")]
            unsafe {
                sum_avx2(bytes)
            }
        } else {
            bytes.as_chunks().0.iter().fold(0, |sum, word| sum ^ u64::from_ne_bytes(*word))
        }
    }

    #[target_feature(enable = "avx2")]
    fn sum_avx2(bytes: &[u8]) -> u64 {
        let mut sums = [_mm256_setzero_si256(); 4];
        for lines in bytes.as_chunks::<128>().0 {
            for (sum, part) in sums.iter_mut().zip(lines.as_chunks::<32>().0) {
                *sum = _mm256_xor_si256(*sum, load(part));
            }
        }
        black_box(sums);
        0
    }

    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the array has the 32 bytes that are read, and no alignment is needed.
        #[expect(unsafe_code, reason = "there is no safe way to load a vector from bytes")]
        unsafe {
            _mm256_loadu_si256(bytes.as_ptr().cast())
        }
    }

    /// What of this processor multiplies 8-bit numbers.
    pub fn kernels() -> Vec<(&'static str, Kernel)> {
        let mut all: Vec<(&'static str, Kernel)> = Vec::new();
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            #[expect(unsafe_code, reason = "calls functions for processors with AVX2")]
            all.extend([
                ("AVX2, 32-bit sums", Box::new(|| unsafe { maddubs_wide() }) as Kernel),
                ("AVX2, 16-bit sums", Box::new(|| unsafe { maddubs_narrow() }) as Kernel),
            ]);
        }
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
            // SAFETY: the processor has AVX-512 with VNNI.
            #[expect(unsafe_code, reason = "calls a function for processors with VNNI")]
            all.push(("AVX-512 VNNI", Box::new(|| unsafe { dpbusd() }) as Kernel));
        }
        all
    }

    /// The way of 8-bit weights: products of pairs widened to 32 bits at once.
    #[target_feature(enable = "avx2")]
    fn maddubs_wide() -> f64 {
        let ones = _mm256_set1_epi16(1);
        let mut sums = [_mm256_setzero_si256(); SUMS];
        let signed = black_box([_mm256_set1_epi8(3); SUMS]);
        for step in 0..STEPS {
            let unsigned = _mm256_set1_epi8(step as i8 & 0x0f);
            for (sum, signed) in sums.iter_mut().zip(signed) {
                let products = _mm256_maddubs_epi16(unsigned, signed);
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(products, ones));
            }
        }
        black_box(sums);
        (STEPS * SUMS * 64) as f64
    }

    /// The way of 4-bit weights: several products fit into 16 bits.
    #[target_feature(enable = "avx2")]
    fn maddubs_narrow() -> f64 {
        let mut sums = [_mm256_setzero_si256(); SUMS];
        let signed = black_box([_mm256_set1_epi8(3); SUMS]);
        for step in 0..STEPS {
            let unsigned = _mm256_set1_epi8(step as i8 & 0x0f);
            for (sum, signed) in sums.iter_mut().zip(signed) {
                *sum = _mm256_add_epi16(*sum, _mm256_maddubs_epi16(unsigned, signed));
            }
        }
        black_box(sums);
        (STEPS * SUMS * 64) as f64
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    fn dpbusd() -> f64 {
        let mut sums = [_mm512_setzero_si512(); SUMS];
        let signed = black_box([_mm512_set1_epi8(3); SUMS]);
        for step in 0..STEPS {
            let unsigned = _mm512_set1_epi8(step as i8);
            for (sum, signed) in sums.iter_mut().zip(signed) {
                *sum = _mm512_dpbusd_epi32(*sum, unsigned, signed);
            }
        }
        black_box(sums);
        (STEPS * SUMS * 128) as f64
    }
}
