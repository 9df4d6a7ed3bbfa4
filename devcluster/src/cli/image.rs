//! `devcluster image`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand};
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
        /// Folder with the programs
        #[arg(long, default_value = "target/release")]
        programs: PathBuf,
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
    Postgres,
    /// The container that holds a pod's namespaces
    Pause,
}

impl Image {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let began = Instant::now();
        let written = match &self.which {
            Which::Coverletter { programs, model, reader } => {
                image::coverletter(programs, model, reader.as_deref(), &self.out).await?
            }
            Which::Model { folder } => image::model(folder, &self.out).await?,
            Which::Postgres => image::postgres(&self.out).await?,
            Which::Pause => image::pause(&self.out).await?,
        };
        println!("{} {}", written.name, written.archive.display());
        eprintln!("Written or found after {:.1} s", began.elapsed().as_secs_f64());
        Ok(ExitCode::SUCCESS)
    }
}
