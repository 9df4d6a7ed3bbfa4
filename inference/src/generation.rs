//! How letters are written, whatever computes the model.

/// How letters are written.
#[derive(Clone, Debug)]
pub struct Generation {
    /// Longest letter, in tokens.
    pub max_new_tokens: usize,
    /// Sampling temperature.
    pub temperature: f64,
    /// Nucleus.
    pub top_p: f64,
    /// Letters written for every request; `None` uses the default of the model.
    pub candidates: Option<usize>,
    /// Pace at which a letter is shown, in tokens a second; `None` does not limit it.
    pub tokens_per_second: Option<u32>,
}
