//! Makes the streams of a file smaller.

/// The same bytes in zlib's format, which PDF calls `FlateDecode`.
#[must_use]
pub fn compressed(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}
