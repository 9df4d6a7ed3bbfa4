//! What every backend asks of a step before it computes.

use super::{ModelError, RowId, Span};

/// Refuses spans that cannot be appended, where `length` tells how many tokens an open row holds.
///
/// # Errors
/// Names what is wrong; see [`super::Model::step`].
pub(crate) fn check(
    spans: &[Span<'_>],
    context_length: usize,
    vocabulary: usize,
    length: impl Fn(RowId) -> Option<usize>,
) -> Result<(), ModelError> {
    for (index, span) in spans.iter().enumerate() {
        let read = length(span.row).ok_or(ModelError::UnknownRow(span.row.0))?;
        if spans[..index].iter().any(|earlier| earlier.row == span.row) {
            return Err(ModelError::RepeatedRow(span.row.0));
        }
        if span.tokens.is_empty() || span.tokens.iter().any(|token| *token as usize >= vocabulary) {
            return Err(ModelError::InvalidTokens);
        }
        let tokens = read + span.tokens.len();
        if tokens > context_length {
            return Err(ModelError::ContextFull { tokens, context_length });
        }
    }
    Ok(())
}
