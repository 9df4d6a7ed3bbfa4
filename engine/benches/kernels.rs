//! The native kernels and the choice of tokens alone, in the shapes of Qwen2.5-0.5B: which of them a change makes faster.
//!
//! `cargo bench --profile release --workspace --bench kernels -- q4` runs those whose name contains `q4`. Timings are looked at by people, no test reads them.

use std::hint::black_box;

use bytemuck::Zeroable;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::bench::{
    BLOCK, Isa, LANES, Memory, Operands, Pool, Q4Block, Q8Block, Quantized, WeightBlock, Weights, attend, multiply,
    quantize,
};
use engine::sampling::{Sampler, Sampling};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt as _, SeedableRng as _};

/// The largest matrix of a layer, and the head: rows and columns.
const SHAPES: [(&str, usize, usize); 2] = [("gate", 4864, 896), ("head", 151_936, 896)];
/// One row, several at once, and a chunk of a prompt.
const TOKENS: [usize; 4] = [1, 4, 8, 128];
const HEAD_DIM: usize = 64;
/// Query heads that share a key head.
const HEADS: usize = 7;
/// One 16-bit 0.25.
const QUARTER: u16 = 0x3400;

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Blocks that hold something other than zero: rows of one weight.
fn blocks<B: WeightBlock + Zeroable>(rows: usize, columns: usize) -> Vec<B> {
    let mut block = B::zeroed();
    for lane in 0..LANES {
        let weights = std::array::from_fn(|column| ((lane * 7 + column * 5) % 17) as f32 / 17.0 - 0.5);
        block.set(lane, &B::round(&weights));
    }
    vec![block; rows.div_ceil(LANES) * columns / BLOCK]
}

fn matrices(criterion: &mut Criterion) {
    let mut pool = Pool::new(threads());
    for (name, rows, columns) in SHAPES {
        let (q4, q8) = (blocks::<Q4Block>(rows, columns), blocks::<Q8Block>(rows, columns));
        let kinds = [("q4", Weights::Q4(&q4)), ("q8", Weights::Q8(&q8)), ("q8-upper-halves", Weights::Q8High(&q4))];
        for (kind, weights) in kinds {
            let mut group = criterion.benchmark_group(format!("{kind} {name}"));
            for tokens in TOKENS.into_iter().filter(|tokens| *tokens <= 8 || name != "head") {
                let activations: Vec<f32> = (0..tokens * columns).map(|index| (index % 32) as f32 - 15.5).collect();
                let mut operands = vec![Quantized::default(); tokens * columns / BLOCK];
                quantize(Isa::detect(), &activations, &mut operands);
                let mut out = vec![0f32; rows.div_ceil(LANES) * LANES * tokens];
                group.throughput(Throughput::Elements((rows * columns * tokens) as u64));
                for isa in Isa::available().into_iter().skip(1) {
                    let id = BenchmarkId::new(isa.to_string(), tokens);
                    group.bench_function(id, |bencher| {
                        let operands = Operands::Quantized(&operands);
                        bencher
                            .iter(|| multiply(&mut pool, isa, weights, columns, operands, black_box(&mut out), tokens));
                    });
                }
            }
        }
    }
}

fn attention(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("attention");
    let queries = vec![0.5f32; HEADS * HEAD_DIM];
    let mut out = vec![0f32; HEADS * HEAD_DIM];
    for positions in [64, 350, 650] {
        let values = vec![QUARTER; (positions + LANES) * HEAD_DIM];
        let memory = Memory { keys: &values, values: &values, positions, head_dim: HEAD_DIM };
        group.bench_function(BenchmarkId::from_parameter(positions), |bencher| {
            bencher.iter(|| attend(Isa::detect(), black_box(&queries), memory, &mut out));
        });
    }
}

/// Drawing a token: of a model that is sure of a few, and of one that is sure of none, which is the worst case.
fn sampling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sampling");
    let vocabulary = SHAPES.iter().map(|(_, rows, _)| *rows).max().unwrap_or_default();
    for (name, spread, highest) in [("sure", 2.5, 20.0), ("unsure", 1.0, 0.0)] {
        // Bell-shaped, as logits are.
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut logit = || spread * ((0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0);
        let mut logits: Vec<f32> = (0..vocabulary).map(|_| logit()).collect();
        logits[vocabulary / 2] += highest;
        let mut sampler = Sampler::new(Sampling { temperature: 0.7, top_p: 0.9, seed: 1, ..Sampling::GREEDY }, None);
        group.bench_function(name, |bencher| bencher.iter(|| sampler.sample(black_box(&logits))));
    }
}

criterion_group!(kernels, matrices, attention, sampling);
criterion_main!(kernels);
