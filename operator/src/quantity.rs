//! Amounts as Kubernetes writes them: `250m`, `1.5Gi`, `2e9`.
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>

use std::cmp::Ordering;
use std::fmt;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

/// Units of the smallest amount that Kubernetes tells apart (`1n`) in one.
const NANOS: u128 = 1_000_000_000;

/// An amount that the API server accepts for a resource: syntactically valid and not negative. Two quantities are
/// equal when their amounts are, however they are spelt.
#[derive(Clone, Debug)]
pub struct Quantity {
    text: String,
    /// Rounded up; amounts beyond `u128` count as its maximum.
    nanos: u128,
}

impl Quantity {
    /// `None` when `text` is not a quantity, or a negative one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let scale = Scale::parse(suffix)?;
        let nanos = scale.apply(digits(&[whole, fraction]), fraction.len());
        Some(Self { text: text.to_owned(), nanos })
    }

    /// Whether there is anything at all.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.nanos == 0
    }

    /// Whether it is a number without a fraction.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.nanos.is_multiple_of(NANOS)
    }

    /// The quantity as it was written, for the API server.
    #[must_use]
    pub fn to_api(&self) -> ApiQuantity {
        ApiQuantity(self.text.clone())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

/// The factor of a suffix.
enum Scale {
    /// A power of two.
    Binary(u32),
    /// A power of ten.
    Decimal(i32),
}

impl Scale {
    fn parse(suffix: &str) -> Option<Self> {
        if let Some(index) = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().position(|unit| *unit == suffix) {
            return Some(Self::Binary(10 * (index as u32 + 1)));
        }
        if let Some(index) = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].iter().position(|unit| *unit == suffix) {
            return Some(Self::Decimal(3 * (index as i32 - 3)));
        }
        let exponent = suffix.strip_prefix(['e', 'E'])?;
        // Far beyond what an amount can be, and short enough for the sums below.
        exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= 100).map(Self::Decimal)
    }

    /// `digits` without their last `places` as a fraction, times this scale, in nanos.
    fn apply(&self, digits: u128, places: usize) -> u128 {
        let places = i32::try_from(places).unwrap_or(i32::MAX);
        match self {
            Self::Binary(bits) => {
                let amount = digits.saturating_mul(1 << bits);
                by_power_of_ten(amount.saturating_mul(NANOS), -places)
            }
            Self::Decimal(exponent) => by_power_of_ten(digits, exponent + 9 - places),
        }
    }
}

fn digits(parts: &[&str]) -> u128 {
    let digits = parts.iter().flat_map(|part| part.bytes()).map(|digit| u128::from(digit - b'0'));
    digits.fold(0, |value: u128, digit| value.saturating_mul(10).saturating_add(digit))
}

fn by_power_of_ten(value: u128, exponent: i32) -> u128 {
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    match (power, exponent < 0) {
        (Some(power), true) => value.div_ceil(power),
        (Some(power), false) => value.saturating_mul(power),
        (None, true) => u128::from(value > 0),
        (None, false) => value.saturating_mul(u128::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|| panic!("{text} is a quantity"))
    }

    #[test]
    fn equal_amounts_are_equal_however_they_are_written() {
        for (one, other) in [
            ("2Gi", "2048Mi"),
            ("1.5Gi", "1536Mi"),
            ("1k", "1000"),
            ("1E", "1e18"),
            ("0.1", "100m"),
            ("1e-3", "1m"),
            (".5", "500m"),
            ("+1.", "1"),
            ("2", "2000000u"),
            ("0", "0Ki"),
        ] {
            assert_eq!(quantity(one), quantity(other), "{one} and {other}");
        }
    }

    #[test]
    fn amounts_are_ordered_by_size_and_not_by_spelling() {
        assert!(quantity("900Mi") < quantity("1Gi"));
        assert!(quantity("1G") < quantity("1Gi"));
        assert!(quantity("0.1n") > quantity("0"));
        assert!(quantity(&("9".repeat(30) + "Pi")) > quantity("8Ei"));
    }

    #[test]
    fn what_the_api_server_refuses_is_no_quantity() {
        for text in ["", "two", "1 Gi", "1GiB", "1.2.3", ".", "-1", "1e", "1e2.5", "e3", "1K", "Gi", "1e999"] {
            assert_eq!(Quantity::parse(text).map(|quantity| quantity.to_string()), None, "{text}");
        }
    }

    #[test]
    fn a_quantity_goes_to_the_api_server_as_it_was_written() {
        assert_eq!(quantity("1536Mi").to_api().0, "1536Mi");
    }
}
