//! One promise that is kept or broken.

/// An error with the words of the promise if it is not kept.
pub fn promise(is_kept: bool, what: &str) -> Result<(), String> {
    if is_kept { Ok(()) } else { Err(what.to_owned()) }
}
