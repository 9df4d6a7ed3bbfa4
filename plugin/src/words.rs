//! Times and sizes for people.

use jiff::Timestamp;

/// How long ago `then` was, as kubectl writes it: `45s`, `12m`, `3h`, `9d`.
#[must_use]
pub fn age(then: Timestamp, now: Timestamp) -> String {
    span(now.as_second() - then.as_second())
}

/// A stretch of time.
#[must_use]
pub fn span(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds @ 120..7_200 => format!("{}m", seconds / 60),
        seconds @ 7_200..172_800 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// A size in bytes.
#[must_use]
pub fn size(bytes: i64) -> String {
    let tenths = |unit: i64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        1_000_000_000.. => format!("{} GB", tenths(1_000_000_000)),
        1_000_000.. => format!("{} MB", tenths(1_000_000)),
        1_000.. => format!("{} kB", tenths(1_000)),
        _ => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::{size, span};

    #[test]
    fn times_and_sizes_have_the_unit_that_says_enough() {
        assert_eq!([span(-5), span(119), span(120), span(7_300), span(180_000)], ["0s", "119s", "2m", "2h", "2d"]);
        assert_eq!(
            [size(999), size(2_989), size(5_250_000), size(2_000_000_000)],
            ["999 B", "2.9 kB", "5.2 MB", "2.0 GB"]
        );
    }
}
