//! Builds what a measurement needs, once, below `target/bench`: the model, the peers, and the programs that measure.

mod once;
mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::contestants::{Contestant, Program, ours};
use super::llama::{self, Programs};
use super::model::Model;
use super::options::Options;
use super::prepared::Prepared;
use crate::shell::{command, output, programs, root, run, step};
use once::once;
pub use python::with_flask;

/// How a peer of llama.cpp's family is built from a Python package that carries its whole source.
struct Source {
    programs: &'static Programs,
    package: &'static str,
    /// Where the source lies inside the unpacked archive.
    place: &'static str,
    /// Builds for this processor, without the parts that no measurement needs.
    options: &'static [&'static str],
    /// More of them for processors with AMX.
    with_tiles: &'static [&'static str],
    /// The programs.
    targets: &'static [&'static str],
    /// A file that the archive lacks, and what it holds.
    lacks: Option<(&'static str, &'static str)>,
}

const LLAMA: Source = Source {
    programs: &llama::PLAIN,
    package: "llama_cpp_python==0.3.36",
    place: "vendor/llama.cpp",
    options: LLAMA_OPTIONS,
    // GCC 12 takes most of what configures the tiles for dead stores, and the program ends by a signal (as in llama.cpp's
    // issue 20824).
    with_tiles: &["-DCMAKE_CXX_FLAGS=-fno-tree-dse -fno-dse"],
    targets: &["llama-bench", "llama-server", "llama-quantize"],
    lacks: None,
};

/// Without `GGML_NATIVE` it falls back to AVX2 on processors with AVX-512, and says nothing.
const IK_LLAMA: Source = Source {
    programs: &llama::IK,
    package: "ik_llama_cpp_python==0.1.5",
    place: "vendor/ik_llama.cpp",
    options: &[
        "-DCMAKE_BUILD_TYPE=Release",
        "-DGGML_NATIVE=ON",
        "-DBUILD_SHARED_LIBS=OFF",
        "-DLLAMA_BUILD_TESTS=OFF",
        "-DGGML_IQK_FA_ALL_QUANTS=OFF",
    ],
    with_tiles: &[],
    targets: &["llama-bench", "llama-server"],
    // The script that would make it is not in the archive either.
    lacks: Some((
        "common/build-info.cpp",
        "int LLAMA_BUILD_NUMBER = 0;\nchar const *LLAMA_COMMIT = \"unknown\";\n\
         char const *LLAMA_COMPILER = \"unknown\";\nchar const *LLAMA_BUILD_TARGET = \"unknown\";\n",
    )),
};

const LLAMA_OPTIONS: &[&str] = &[
    "-DCMAKE_BUILD_TYPE=Release",
    "-DGGML_NATIVE=ON",
    "-DBUILD_SHARED_LIBS=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
    "-DLLAMA_TOOLS_INSTALL=OFF",
];

/// Makes what is missing. A peer that cannot be built or installed is left out, and the report says why.
pub fn prepare(options: &Options, chosen: &[Contestant]) -> Result<Prepared> {
    let folder = root().join("target/bench");
    // Our programs do without a cache of weights whose folder is missing.
    fs::create_dir_all(folder.join("cache")).context("make target/bench/cache")?;
    let mut prepared = Prepared {
        smollm2: crate::smollm2::folder(),
        examples: programs().join("examples"),
        python: options.python.clone(),
        backend: options.backend.clone(),
        threads: options.threads()?,
        missing: BTreeMap::new(),
        folder,
    };
    if !options.built {
        step("build our programs", || {
            run(command("cargo", ["build", "--release", "--workspace", "--bins", "--example", "bench"]))
        })?;
    }
    step("make the model (5 GB with its copies for the peers)", || python::make_model(&prepared.folder))?;
    if chosen.iter().any(|contestant| contestant.model == Model::SmolLm2) {
        crate::smollm2::bring()?;
    }
    let peers = [Program::Llama, Program::LlamaTuned, Program::IkLlama, Program::Candle, Program::Transformers];
    for program in peers {
        let its = |contestant: &&Contestant| contestant.program == program;
        without(chosen, &mut prepared, its, |prepared| peer(program, options, prepared));
    }
    let is_of_k = |contestant: &&Contestant| contestant.model == Model::FourK;
    without(chosen, &mut prepared, is_of_k, |prepared| {
        step("quantise the model to Q4_K_M by llama.cpp", || quantise(&prepared.folder))
    });
    let is_there = |contestant: &&Contestant| !prepared.missing.contains_key(contestant.name);
    for contestant in chosen.iter().filter(|contestant| contestant.program == Program::Ours).filter(is_there) {
        step(&format!("load the model once ({})", contestant.name), || {
            run(ours(&prepared, contestant.model, "prepare"))
        })?;
    }
    Ok(prepared)
}

/// Makes what the contestants of one kind need, if any was chosen. When that fails, they are left out, with the reason.
fn without(
    chosen: &[Contestant],
    prepared: &mut Prepared,
    its: impl Fn(&&Contestant) -> bool,
    make: impl FnOnce(&mut Prepared) -> Result<()>,
) {
    let names: Vec<&str> = chosen.iter().filter(its).map(|contestant| contestant.name).collect();
    if names.is_empty() {
        return;
    }
    if let Err(error) = make(prepared) {
        prepared.missing.extend(names.into_iter().map(|name| (name, format!("{error:#}"))));
    }
}

fn peer(program: Program, options: &Options, prepared: &mut Prepared) -> Result<()> {
    let folder = &prepared.folder;
    match program {
        Program::Ours | Program::Letters | Program::LettersWithoutDrafts => Ok(()),
        Program::Llama | Program::LlamaTuned => {
            step("build llama.cpp (about 15 minutes on two cores)", || build(folder, &LLAMA))
        }
        Program::IkLlama => step("build ik_llama.cpp (about 15 minutes on two cores)", || build(folder, &IK_LLAMA)),
        Program::Candle if options.built => Ok(()),
        Program::Candle => step("build the candle peer for this processor", || candle(folder)),
        Program::Transformers if prepared.python.is_some() => Ok(()),
        Program::Transformers => {
            prepared.python = Some(step("install torch and transformers", || python::with_transformers(folder))?);
            Ok(())
        }
    }
}

fn build(folder: &Path, source: &Source) -> Result<()> {
    let folder = folder.join(source.programs.folder);
    let has_tiles = fs::read_to_string("/proc/cpuinfo")?.contains(" amx_tile ");
    let options: Vec<&str> =
        source.options.iter().chain(source.with_tiles.iter().filter(|_| has_tiles)).copied().collect();
    fs::create_dir_all(&folder)?;
    once(&folder, "ready", &format!("{} {} {}", source.package, options.join(" "), source.targets.join(" ")), || {
        let python = python::with_gguf(folder.parent().context("it is below target/bench")?)?;
        let mut download = command(&python, ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary"]);
        let package = source.package;
        let name = package.split("==").next().unwrap_or(package);
        download.arg(name).arg("--dest").arg(&folder).arg(package);
        eprintln!("    downloading the source of {package}");
        run(download)?;
        let name = package.replace("==", "-");
        let archive = folder.join(format!("{name}.tar.gz"));
        eprintln!("    SHA-256 of the archive: {}", sha256(&archive)?);
        let mut unpack = command("tar", ["--extract", "--gzip", "--file"]);
        unpack.arg(&archive).arg("--directory").arg(&folder);
        run(unpack)?;
        if let Some((file, text)) = source.lacks {
            fs::write(folder.join(&name).join(source.place).join(file), text)?;
        }
        let build = folder.join("build");
        let mut configure = command("cmake", ["-S"]);
        configure.arg(folder.join(name).join(source.place)).arg("-B").arg(&build).args(&options);
        run(configure)?;
        let mut compile = command("cmake", ["--build"]);
        let jobs = std::thread::available_parallelism()?.to_string();
        compile.arg(&build).args(["--parallel", &jobs, "--target"]).args(source.targets);
        run(compile)
    })
}

/// Makes the file that the usual tool makes of this model: rows that do not fit blocks of 256 get other types.
fn quantise(folder: &Path) -> Result<()> {
    build(folder, &LLAMA)?;
    let model = folder.join("model");
    let into = model.join("q4_k_m");
    fs::create_dir_all(&into)?;
    let recipe = fs::read_to_string(model.join("recipe"))? + LLAMA.package;
    // Beside the folder, which must hold the one file.
    once(&model, "q4_k_m.recipe", &recipe, || {
        let mut quantise = command(
            folder.join(LLAMA.programs.folder).join("build/bin/llama-quantize"),
            [model.join("bf16-gguf/model.gguf")],
        );
        quantise.arg(into.join("model.gguf")).arg("Q4_K_M");
        output(quantise).map(drop)
    })
}

/// candle chooses its kernels at compile time: with the workspace's flags it would run without AVX.
fn candle(folder: &Path) -> Result<()> {
    let mut build =
        command("cargo", ["build", "--release", "--package", "xtask", "--example", "candle", "--target-dir"]);
    build.arg(folder.join("candle")).env("RUSTFLAGS", "-C target-cpu=native");
    run(build)
}

fn sha256(file: &Path) -> Result<String> {
    let printed = output(command("sha256sum", [file]))?;
    match printed.split_once(' ') {
        Some((sum, _)) => Ok(sum.to_owned()),
        None => bail!("sha256sum printed `{printed}`"),
    }
}
