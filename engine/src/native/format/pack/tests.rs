use std::io::{Cursor, ErrorKind};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::native::format::source::Stamp;
use crate::native::format::store::StoreError;
use crate::native::format::tensor::of_floats;
use crate::native::kernels::matmul::Weights;

fn tensor(rows: usize, columns: usize, first: f32) -> SourceTensor<'static> {
    let values: Vec<f32> = (0..rows * columns).map(|i| first + i as f32).collect();
    of_floats(rows, columns, &values)
}

fn plans() -> Vec<Plan<'static>> {
    let part = |rows, columns, first, room| Part { tensor: tensor(rows, columns, first), rows: room };
    vec![
        Plan {
            name: "both".into(),
            kind: WeightKind::F32,
            is_matrix: true,
            parts: vec![part(20, 40, 0.0, 32), part(16, 40, 1e4, 16)],
        },
        Plan { name: "gains".into(), kind: WeightKind::F32, is_matrix: false, parts: vec![part(1, 40, 7.0, 1)] },
    ]
}

fn label() -> Label {
    let files = vec![Stamp { name: "model.safetensors".into(), size: 3, modified: 4 }];
    let source = Source { sha256: "ab".repeat(32), files };
    Label { source, quantization: "none".into(), parameters: 1_480 }
}

/// A cache file, whole.
fn packed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("some.weights");
    pack_file(&plans(), &label(), &file, &mut Pool::new(2)).expect("packs");
    (folder, file)
}

fn refusal(file: &Path) -> String {
    let error = Store::open(file, &mut Pool::new(2)).err().expect("it is refused");
    assert!(matches!(error, StoreError::Mismatch { .. }));
    assert!(error.to_string().contains("some.weights"), "{error}");
    error.to_string()
}

#[test]
fn what_was_packed_is_found_again() {
    let (_folder, file) = packed();
    let store = Store::open(&file, &mut Pool::new(1)).expect("opens");
    assert_eq!(store.header().source, label().source);
    assert_eq!(Header::read(&file).expect("reads"), *store.header());
    assert_eq!(store.vector("gains").expect("a vector")[..3], [7.0, 8.0, 9.0]);
    let matrix = store.matrix("both").expect("a matrix");
    assert_eq!((matrix.rows, matrix.columns), (48, 64));
    let Weights::F32(blocks) = matrix.weights() else { panic!("floats") };
    assert_eq!(blocks[2].get(3)[..2], [19.0 * 40.0, 19.0 * 40.0 + 1.0], "row 19, the last of the first tensor");
    assert_eq!(blocks[3].get(3)[7..9], [799.0, 0.0], "zeros beyond its columns");
    assert_eq!(blocks[2].get(4), [0.0; BLOCK], "zeros beyond its rows");
    assert_eq!(blocks[4].get(0)[0], 1e4, "the second tensor");
    assert!(store.matrix("none").is_none());
}

#[test]
fn memory_holds_the_same_as_a_file() {
    let (_folder, file) = packed();
    let memory = pack_memory(&plans(), &label(), &mut Pool::new(1)).expect("packs");
    assert_eq!(memory.header(), Store::open(&file, &mut Pool::new(1)).expect("opens").header(), "hashes included");
}

#[test]
fn a_full_disk_is_an_error() {
    let (_folder, file) = packed();
    let whole = std::fs::metadata(&file).expect("it is there").len() as usize;
    for room in [0, 100, whole / 2, whole - 1] {
        let mut disk = vec![0; room];
        let error = write(&plans(), &label(), &mut Cursor::new(&mut disk[..]), &mut Pool::new(1));
        assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::WriteZero), "room for {room} of {whole} bytes");
    }
    let mut disk = vec![0; whole];
    write(&plans(), &label(), &mut Cursor::new(&mut disk[..]), &mut Pool::new(1)).expect("it fits");
    assert_eq!(disk, std::fs::read(&file).expect("reads"));
}

#[test]
fn no_part_of_a_file_stands_under_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let absent = folder.path().join("absent").join("some.weights");
    assert!(pack_file(&plans(), &label(), &absent, &mut Pool::new(1)).is_err());
    let (folder, _) = packed();
    assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 1, "and no other is left");
}

#[test]
fn truncated_files_are_refused() {
    let (_folder, file) = packed();
    let bytes = std::fs::read(&file).expect("reads");
    for (length, expect) in [
        (10, "less than the 48 of its prefix"),
        (100, "ends within its header"),
        (bytes.len() - 5, "ends before `gains`"),
    ] {
        std::fs::write(&file, &bytes[..length]).expect("writes");
        let refusal = refusal(&file);
        assert!(refusal.contains(expect), "{refusal}");
    }
}

#[test]
fn tampered_and_foreign_files_are_refused() {
    let (_folder, file) = packed();
    let bytes = std::fs::read(&file).expect("reads");
    let last = bytes.len() - 1;
    for (place, expect) in [
        (0, "it is no weight cache"),
        (8, "this version writes format"),
        (60, "its header does not have the hash"),
        (last, "`gains` does not have the hash"),
    ] {
        let mut bytes = bytes.clone();
        bytes[place] ^= 1;
        std::fs::write(&file, &bytes).expect("writes");
        let refusal = refusal(&file);
        assert!(refusal.contains(expect), "{refusal}");
    }
}
