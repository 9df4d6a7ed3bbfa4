//! `devcluster image`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand};
use devcluster::arch::Arch;
use devcluster::image;

/// Write an image archive, for `devcluster load`, `kind load image-archive` and `docker load`
#[derive(Args, Debug)]
pub struct Image {
    #[command(subcommand)]
    which: Which,
    /// Folder to write the archive into
    #[arg(long, default_value = "target/images", global = true)]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// The operator, the web application and the inference worker with the built-in model
    Coverletter {
        /// Folder with the programs, with `arm64=` before it where they are for another architecture than this
        /// machine's; may be given once for each
        #[arg(long, default_value = "target/release", value_parser = programs)]
        programs: Vec<(Arch, PathBuf)>,
        /// Folder with the built-in model
        #[arg(long, default_value = "models/built-in")]
        model: PathBuf,
        /// Folder with the reader of notes
        #[arg(long)]
        reader: Option<PathBuf>,
    },
    /// A model and nothing else, for an app's `inference.model.image`
    Model {
        /// Folder with the model's files
        folder: PathBuf,
    },
    /// PostgreSQL from Debian's packages
    Postgres {
        /// amd64 or arm64; may be given several times. This machine's when left out
        #[arg(long)]
        arch: Vec<Arch>,
    },
    /// The container that holds a pod's namespaces
    Pause,
    /// Print the Debian packages whose files are in an archive, as JSON; nothing is written
    Packages {
        /// The archive
        archive: PathBuf,
    },
}

impl Image {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let began = Instant::now();
        let written = match &self.which {
            Which::Coverletter { programs, model, reader } => {
                image::coverletter(programs, model, reader.as_deref(), &self.out).await?
            }
            Which::Model { folder } => image::model(folder, &self.out).await?,
            Which::Postgres { arch } if arch.is_empty() => image::postgres(&[Arch::OWN], &self.out).await?,
            Which::Postgres { arch } => image::postgres(arch, &self.out).await?,
            Which::Packages { archive } => {
                println!("{}", serde_json::to_string(&image::packages(archive)?)?);
                return Ok(ExitCode::SUCCESS);
            }
            Which::Pause => image::pause(&[Arch::OWN], &self.out).await?,
        };
        println!("{} {}", written.name, written.archive.display());
        eprintln!("Written or found after {:.1} s", began.elapsed().as_secs_f64());
        Ok(ExitCode::SUCCESS)
    }
}

fn programs(text: &str) -> Result<(Arch, PathBuf), String> {
    match text.split_once('=') {
        Some((arch, folder)) => Ok((arch.parse()?, folder.into())),
        None => Ok((Arch::OWN, text.into())),
    }
}
