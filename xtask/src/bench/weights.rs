//! How many weights the measured model has, and how many bytes of them each program reads.

use super::contestants::Program;
use super::model::Model;

/// Weights of the layers.
pub const LAYERS: f64 = 357.8e6;
/// Weights of the head, which is also the embedding.
const HEAD: f64 = 136.1e6;
/// Weights of the head of which we read all bits: 128 groups of sixteen rows.
const EXACT: f64 = 128.0 * 16.0 * 896.0;

/// Bytes of weights that a program reads for every token. Of the head we read the upper halves, and all of its likeliest rows.
///
/// `None` where it was not counted.
pub fn bytes_per_token(program: Program, model: Model) -> Option<f64> {
    let head = if program == Program::Ours { HEAD * 4.5 + EXACT * 8.5 } else { HEAD * 8.5 };
    match model {
        Model::Four => Some((LAYERS * 4.5 + head) / 8.0),
        Model::FourHead => Some((LAYERS + HEAD) * 4.5 / 8.0),
        Model::Eight => Some((LAYERS * 8.5 + head) / 8.0),
        Model::ThirtyTwo => Some((LAYERS + HEAD) * 4.0),
        // Of several types, or of another shape.
        Model::FourK | Model::SmolLm2 => None,
    }
}
