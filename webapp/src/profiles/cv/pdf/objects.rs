//! What several readers of a PDF take from its objects.

use hayro_syntax::object::{Array, Number, Stream};

/// A transformation of the plane: `[a b c d e f]` of the format.
pub type Matrix = [f64; 6];
/// The one that changes nothing.
pub const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// A transformation; `None` when the array is none.
#[must_use]
pub fn six(array: &Array<'_>) -> Option<Matrix> {
    array.iter::<Number>().map(|number| number.as_f64()).collect::<Vec<_>>().try_into().ok()
}

/// What a stream holds. The process that reads ends when this is too much.
#[must_use]
pub fn decoded(stream: &Stream<'_>) -> Option<Vec<u8>> {
    stream.decoded_data().ok().map(std::borrow::Cow::into_owned)
}
