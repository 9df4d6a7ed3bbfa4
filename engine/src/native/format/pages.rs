//! Large pages, which spare lookups of addresses. Where there are none, small ones do as well.

use std::io::{Result, Write};

/// What is asked for wherever weights are mapped.
#[cfg(target_os = "linux")]
pub const WISH: memmap2::Advice = memmap2::Advice::HugePage;

/// Bytes of a large page of x86-64 and most others.
const LARGE_PAGE: usize = 2 << 20;

/// Hands bytes on whole large pages at a time, the first of which begins where the file does.
///
/// File systems keep what is written at once in one piece of memory if they can (ext4, XFS, Btrfs), and a mapping of such
/// pieces has large pages: the weights of one token are then read about a seventh faster, at no cost to anybody.
pub struct Pages<W> {
    out: W,
    page: Vec<u8>,
    written: usize,
}

impl<W: Write> Pages<W> {
    /// Writes to `out`, which stands at its beginning.
    pub fn new(out: W) -> Self {
        Self { out, page: Vec::with_capacity(LARGE_PAGE), written: 0 }
    }

    /// Writes zeros up to `offset`.
    ///
    /// # Errors
    /// Those of the file.
    ///
    /// # Panics
    /// When more is written already. This is a bug.
    pub fn skip_to(&mut self, offset: usize) -> Result<()> {
        let zeros = offset.checked_sub(self.written).expect("sections follow each other");
        self.write_all(&vec![0; zeros])
    }

    /// Writes `bytes`.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write_all(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.written += bytes.len();
        while let Some(now) = bytes.split_off(..bytes.len().min(LARGE_PAGE - self.page.len()))
            && !now.is_empty()
        {
            self.page.extend_from_slice(now);
            if self.page.len() == LARGE_PAGE {
                self.out.write_all(&self.page)?;
                self.page.clear();
            }
        }
        Ok(())
    }

    /// Writes what is left, and gives the file back.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(mut self) -> Result<W> {
        self.out.write_all(&self.page)?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes the length of every write.
    #[derive(Default)]
    struct Writes(Vec<u8>, Vec<usize>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.extend_from_slice(bytes);
            self.1.push(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whatever_is_written_reaches_the_file_in_order_a_large_page_at_a_time() {
        let mut pages = Pages::new(Writes::default());
        let mut expected = vec![0; 300];
        pages.skip_to(300).expect("memory takes everything");
        for (value, length) in [(1, 7), (2, LARGE_PAGE), (3, 3 * LARGE_PAGE - 9), (4, 0), (5, 1)] {
            expected.extend(vec![value; length]);
            pages.write_all(&vec![value; length]).expect("memory takes everything");
        }
        let Writes(found, lengths) = pages.finish().expect("memory takes everything");
        assert!(found == expected, "the bytes are others");
        assert_eq!(lengths, [LARGE_PAGE, LARGE_PAGE, LARGE_PAGE, LARGE_PAGE, 299]);
    }
}
