//! Choices between plans of equal worth.

/// Choices that a seed makes, one after the other.
#[derive(Clone, Debug)]
pub struct Choices(u64);

impl Choices {
    /// The choices of a request with this seed.
    pub fn new(seed: u64) -> Self {
        // The steps of SplitMix64 (Steele et al., 2014): similar seeds choose differently.
        let mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self(mixed ^ (mixed >> 31))
    }

    /// A number below `count`.
    pub fn pick(&mut self, count: u64) -> u64 {
        let choice = self.0 % count;
        self.0 = (self.0 / count).rotate_left(17);
        choice
    }
}
