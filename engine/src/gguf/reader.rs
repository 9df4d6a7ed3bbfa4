//! Reads numbers, texts and lists from bytes, and never beyond their end.

/// Lists within lists that are followed; files have one level.
const DEPTH: usize = 4;

/// A place in the bytes.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Whole(i128),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Array(Array<'a>),
}

/// A list of values of one type, read when they are asked for. Its bytes are known to hold as many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Array<'a> {
    kind: u32,
    count: u64,
    bytes: &'a [u8],
}

/// The number that stands for a type.
mod kinds {
    pub const U8: u32 = 0;
    pub const I8: u32 = 1;
    pub const U16: u32 = 2;
    pub const I16: u32 = 3;
    pub const U32: u32 = 4;
    pub const I32: u32 = 5;
    pub const F32: u32 = 6;
    pub const BOOL: u32 = 7;
    pub const TEXT: u32 = 8;
    pub const ARRAY: u32 = 9;
    pub const U64: u32 = 10;
    pub const I64: u32 = 11;
    pub const F64: u32 = 12;
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes that have been read.
    pub fn place(&self) -> usize {
        self.at
    }

    /// The next `length` bytes, which hold `what`.
    pub fn take(&mut self, length: u64, what: &str) -> Result<&'a [u8], String> {
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        let found = end.and_then(|end| self.bytes.get(self.at..end));
        let found = found.ok_or_else(|| format!("the file ends at byte {} within {what}", self.bytes.len()))?;
        self.at += found.len();
        Ok(found)
    }

    fn number<const WIDTH: usize>(&mut self, what: &str) -> Result<[u8; WIDTH], String> {
        let bytes = self.take(WIDTH as u64, what)?;
        Ok(std::array::from_fn(|index| bytes[index]))
    }

    pub fn u32(&mut self, what: &str) -> Result<u32, String> {
        self.number(what).map(u32::from_le_bytes)
    }

    pub fn u64(&mut self, what: &str) -> Result<u64, String> {
        self.number(what).map(u64::from_le_bytes)
    }

    /// A length, then as many bytes of UTF-8.
    pub fn text(&mut self, what: &str) -> Result<&'a str, String> {
        let begin = self.at;
        let length = self.u64(what)?;
        let bytes = self.take(length, what)?;
        std::str::from_utf8(bytes).map_err(|_| format!("{what}, at byte {begin}, is no UTF-8"))
    }

    /// A type, then a value of it.
    pub fn value(&mut self, key: &str) -> Result<Value<'a>, String> {
        let kind = self.u32(key)?;
        self.value_of(kind, key, DEPTH)
    }

    fn value_of(&mut self, kind: u32, key: &str, depth: usize) -> Result<Value<'a>, String> {
        Ok(match kind {
            kinds::U8 => Value::Whole(u8::from_le_bytes(self.number(key)?).into()),
            kinds::I8 => Value::Whole(i8::from_le_bytes(self.number(key)?).into()),
            kinds::U16 => Value::Whole(u16::from_le_bytes(self.number(key)?).into()),
            kinds::I16 => Value::Whole(i16::from_le_bytes(self.number(key)?).into()),
            kinds::U32 => Value::Whole(u32::from_le_bytes(self.number(key)?).into()),
            kinds::I32 => Value::Whole(i32::from_le_bytes(self.number(key)?).into()),
            kinds::U64 => Value::Whole(u64::from_le_bytes(self.number(key)?).into()),
            kinds::I64 => Value::Whole(i64::from_le_bytes(self.number(key)?).into()),
            kinds::F32 => Value::Float(f32::from_le_bytes(self.number(key)?).into()),
            kinds::F64 => Value::Float(f64::from_le_bytes(self.number(key)?)),
            kinds::BOOL => Value::Bool(self.number::<1>(key)? != [0]),
            kinds::TEXT => Value::Text(self.text(key)?),
            kinds::ARRAY if depth > 0 => Value::Array(self.array(key, depth - 1)?),
            kinds::ARRAY => return Err(format!("the setting `{key}` has lists within lists beyond {DEPTH}")),
            other => return Err(format!("the setting `{key}` has a value of the unknown type {other}")),
        })
    }

    /// A type and a number, then as many values of that type.
    fn array(&mut self, key: &str, depth: usize) -> Result<Array<'a>, String> {
        let (kind, count) = (self.u32(key)?, self.u64(key)?);
        let begin = self.at;
        match width(kind) {
            Some(width) => {
                let length = count.checked_mul(width).ok_or_else(|| format!("the setting `{key}` is too long"))?;
                self.take(length, key)?;
            }
            // A hundred thousand tokens: that they are UTF-8 is seen when they are asked for.
            None if kind == kinds::TEXT => {
                for _ in 0..count {
                    let length = self.u64(key)?;
                    self.take(length, key)?;
                }
            }
            // Every value takes some bytes, so a count that is too high ends at the end of the file.
            None => {
                for _ in 0..count {
                    self.value_of(kind, key, depth)?;
                }
            }
        }
        Ok(Array { kind, count, bytes: &self.bytes[begin..self.at] })
    }
}

/// Bytes of a value, where all values of the type have as many.
fn width(kind: u32) -> Option<u64> {
    match kind {
        kinds::U8 | kinds::I8 | kinds::BOOL => Some(1),
        kinds::U16 | kinds::I16 => Some(2),
        kinds::U32 | kinds::I32 | kinds::F32 => Some(4),
        kinds::U64 | kinds::I64 | kinds::F64 => Some(8),
        _ => None,
    }
}

impl<'a> Array<'a> {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        // Every value takes at least one byte of the file.
        self.count as usize
    }

    /// The values in their order, up to the first text that is no UTF-8.
    pub fn values(self) -> impl Iterator<Item = Value<'a>> {
        let mut reader = Reader::new(self.bytes);
        std::iter::from_fn(move || {
            let is_left = reader.place() < self.bytes.len();
            is_left.then(|| reader.value_of(self.kind, "", DEPTH).ok()).flatten()
        })
    }

    /// The values, if all of them are texts.
    #[must_use]
    pub fn texts(self) -> Option<Vec<&'a str>> {
        let text = |value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        };
        let texts: Vec<&str> = self.values().map_while(text).collect();
        (texts.len() == self.len()).then_some(texts)
    }
}
