//! How kernels take several tokens at a time.

/// Cuts the tokens into tiles and calls the kernel that was compiled for each size.
macro_rules! tiles {
    (@call $kernel:ident, [], $size:literal, [$($simd:ident)?], $($argument:ident),+) => { $kernel::<$size>($($simd,)? $($argument),+) };
    (@call $kernel:ident, [$generic:tt], $size:literal, [$($simd:ident)?], $($argument:ident),+) => { $kernel::<$generic, $size>($($simd,)? $($argument),+) };
    ($tile:expr, $weights:ident, $operands:ident, $out:ident, $kernel:ident, $generics:tt, $simd:tt, [$($size:literal),+]) => {{
        let blocks = $weights.len();
        for (operands, out) in $operands.chunks($tile * blocks).zip($out.chunks_mut($tile * LANES)) {
            match operands.len() / blocks {
                $($size => {
                    let mut tokens = [operands; $size];
                    for (token, operands) in tokens.iter_mut().zip(operands.chunks_exact(blocks)) {
                        *token = operands;
                    }
                    tiles!(@call $kernel, $generics, $size, $simd, $weights, tokens, out);
                })+
                _ => unreachable!("chunks are at most a tile"),
            }
        }
    }};
}

pub(super) use tiles;
