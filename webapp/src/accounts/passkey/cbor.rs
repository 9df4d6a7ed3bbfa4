//! CBOR (RFC 8949) as authenticators write it: maps whose keys are there once, and nothing behind them.

use ciborium::Value;

/// Depth beyond which nothing is read: what authenticators send has four levels.
const DEPTH_MAX: usize = 16;
/// Entries beyond which a map is none: a key has five, and each is compared with all others.
const ENTRIES_MAX: usize = 64;

/// A map, with its keys as they were written.
pub struct Map(Vec<(Value, Value)>);

impl Map {
    /// The map that these bytes begin with, and how many of them it has. `None` when they do not, and when a key is there
    /// twice.
    pub fn first(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut rest = bytes;
        let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_MAX).ok()?;
        let entries = value.into_map().ok()?;
        let is_twice = |at: usize| entries[..at].iter().any(|(key, _)| *key == entries[at].0);
        if entries.len() > ENTRIES_MAX || (0..entries.len()).any(is_twice) {
            return None;
        }
        Some((Self(entries), bytes.len() - rest.len()))
    }

    /// The map that these bytes are, all of them.
    pub fn whole(bytes: &[u8]) -> Option<Self> {
        let (map, length) = Self::first(bytes)?;
        (length == bytes.len()).then_some(map)
    }

    /// The number at this key.
    pub fn number(&self, key: i64) -> Option<i64> {
        self.get(&key.into())?.as_integer()?.try_into().ok()
    }

    /// The bytes at this key.
    pub fn bytes(&self, key: impl Into<Value>) -> Option<&[u8]> {
        self.get(&key.into())?.as_bytes().map(Vec::as_slice)
    }

    /// The text at this key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(&key.into())?.as_text()
    }

    /// How many entries the map at this key has.
    pub fn size_of_map(&self, key: &str) -> Option<usize> {
        self.get(&key.into())?.as_map().map(Vec::len)
    }

    fn get(&self, key: &Value) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::Map;

    #[test]
    fn a_map_is_read_to_its_end_and_not_beyond() {
        // {1: 2, "a": h'07'} and a byte behind it
        let bytes = [0xa2, 0x01, 0x02, 0x61, b'a', 0x41, 0x07, 0x00];
        let (map, length) = Map::first(&bytes).expect("is a map");
        assert_eq!((length, map.number(1), map.bytes("a")), (7, Some(2), Some(&[7][..])));
        assert!(Map::whole(&bytes).is_none() && Map::whole(&bytes[..7]).is_some());
        assert!(map.text("a").is_none() && map.number(2).is_none());
    }

    #[test]
    fn keys_that_are_there_twice_deep_nests_and_other_things_are_no_maps() {
        let twice = [0xa2, 0x01, 0x02, 0x01, 0x03];
        let deep = [[0xa1, 0x01].repeat(200), vec![0]].concat();
        // A map of 2^62 entries, an array, a byte string that is shorter than it says, and nothing.
        let huge = [0xbb, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 1];
        // 65 keys, each there once.
        let many = [vec![0xb8, 65], (0..65).flat_map(|key| [0x18, 100 + key, 0]).collect()].concat();
        let cases: [&[u8]; 7] =
            [&twice, &deep, &huge, &many, &[0x81, 1], &[0xa1, 1, 0x5a, 0xff, 0xff, 0xff, 0xff, 1], &[]];
        for bytes in cases {
            assert!(Map::first(bytes).is_none(), "{bytes:?}");
        }
    }
}
