//! What the dynamic loader reads in a program or library: which libraries it needs, and which loader.

/// The parts of an ELF file that decide what must lie beside it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Elf {
    /// The path of the loader, for programs that are not static.
    pub interpreter: Option<String>,
    /// The file names of the shared libraries, in the order of the file.
    pub needed: Vec<String>,
}

const MAGIC: [u8; 6] = [0x7f, b'E', b'L', b'F', 2, 1]; // 64 bits, little-endian
const PROGRAM_HEADER_BYTES: usize = 56;
const LOAD: u64 = 1;
const DYNAMIC: u64 = 2;
const INTERPRETER: u64 = 3;
const TAG_NEEDED: u64 = 1;
const TAG_STRINGS: u64 = 5;

/// One program header: a range of the file and where it lies in memory.
struct Segment {
    kind: u64,
    offset: usize,
    address: u64,
    bytes: usize,
}

/// Reads a whole ELF file; `None` when it is something else or cut short.
pub(super) fn parse(file: &[u8]) -> Option<Elf> {
    file.starts_with(&MAGIC).then_some(())?;
    let segments = segments(file)?;
    let bytes_of = |segment: &Segment| file.get(segment.offset..segment.offset.checked_add(segment.bytes)?);
    let interpreter = match segments.iter().find(|segment| segment.kind == INTERPRETER) {
        Some(segment) => Some(text(bytes_of(segment)?)?),
        None => None,
    };
    let needed = match segments.iter().find(|segment| segment.kind == DYNAMIC) {
        Some(segment) => needed(file, bytes_of(segment)?, &segments)?,
        None => Vec::new(),
    };
    Some(Elf { interpreter, needed })
}

fn segments(file: &[u8]) -> Option<Vec<Segment>> {
    let (table, count) = (number(file, 32, 8)? as usize, number(file, 56, 2)? as usize);
    let segment = |index: usize| {
        let header = file.get(table.checked_add(index * PROGRAM_HEADER_BYTES)?..)?;
        Some(Segment {
            kind: number(header, 0, 4)?,
            offset: number(header, 8, 8)? as usize,
            address: number(header, 16, 8)?,
            bytes: number(header, 32, 8)? as usize,
        })
    };
    (0..count).map(segment).collect()
}

/// The names in the dynamic section, whose entries are pairs of a tag and a value.
fn needed(file: &[u8], dynamic: &[u8], segments: &[Segment]) -> Option<Vec<String>> {
    let entries: Vec<(u64, u64)> = dynamic
        .chunks_exact(16)
        .filter_map(|entry| Some((number(entry, 0, 8)?, number(entry, 8, 8)?)))
        .take_while(|&(tag, _)| tag != 0)
        .collect();
    let value = |wanted| entries.iter().find(|&&(tag, _)| tag == wanted).map(|&(_, value)| value);
    let Some(address) = value(TAG_STRINGS) else { return Some(Vec::new()) };
    let strings = file.get(file_offset(address, segments)?..)?;
    let names = entries.iter().filter(|&&(tag, _)| tag == TAG_NEEDED);
    names.map(|&(_, offset)| text(strings.get(offset as usize..)?)).collect()
}

/// Where the byte at an address of memory lies in the file.
fn file_offset(address: u64, segments: &[Segment]) -> Option<usize> {
    let holds = |segment: &&Segment| {
        segment.kind == LOAD
            && address.checked_sub(segment.address).is_some_and(|distance| distance < segment.bytes as u64)
    };
    let segment = segments.iter().find(holds)?;
    segment.offset.checked_add((address - segment.address) as usize)
}

fn number(bytes: &[u8], offset: usize, length: usize) -> Option<u64> {
    let digits = bytes.get(offset..offset + length)?;
    Some(digits.iter().rev().fold(0, |number, &digit| number << 8 | u64::from(digit)))
}

/// The text before the first zero byte.
fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    String::from_utf8(bytes[..end].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    #[test]
    fn this_test_binary_names_its_loader_and_the_c_library() {
        let file = fs::read(env::current_exe().unwrap()).unwrap();
        let elf = parse(&file).unwrap();
        assert!(elf.interpreter.unwrap().contains("/ld-linux"));
        assert!(elf.needed.iter().any(|name| name == "libc.so.6"), "{:?}", elf.needed);
    }

    #[test]
    fn what_is_no_elf_file_or_is_cut_short_is_none() {
        let file = fs::read(env::current_exe().unwrap()).unwrap();
        assert_eq!(parse(b"#!/bin/sh\n"), None);
        assert_eq!(parse(b""), None);
        for length in [6, 40, 63, 64, 100, 300] {
            assert_eq!(parse(&file[..length]), None, "{length} bytes");
        }
    }
}
