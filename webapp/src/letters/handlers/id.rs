//! Ids in paths.

use uuid::Uuid;

use crate::web::error::AppError;

/// Reads an id. Text that is not an id names no letter.
pub fn parse(id: &str) -> Result<Uuid, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}
