//! `devcluster install`: the operator and the sample app, in a cluster of ours or in any that kubectl reaches.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use devcluster::node::Node;

use super::target::Target;

/// Namespace of the operator.
const SYSTEM: &str = "coverletter-system";
/// Namespace and name of the sample app.
const APP: &str = "letters";
/// Variables of the operator that name the images of the pods it makes: of our programs, and of Postgres.
const IMAGES: [&str; 2] = ["IMAGE", "POSTGRES_IMAGE"];

/// Install the operator or the sample app, and wait until it is ready. Can be repeated
#[derive(Args, Debug)]
pub struct Install {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The operator, from the folder of its kustomization
    Operator {
        /// The folder, for example config/default
        folder: PathBuf,
        /// The images of our programs and of Postgres, in this order, with their tags
        #[arg(long = "image", value_name = "IMAGE:TAG", required = true)]
        images: Vec<String>,
        #[command(flatten)]
        cluster: Choice,
    },
    /// The sample app
    App {
        /// Its manifest, for example config/samples/coverletterapp.yaml
        manifest: PathBuf,
        #[command(flatten)]
        cluster: Choice,
    },
}

/// Into which cluster.
#[derive(Args, Debug)]
struct Choice {
    #[command(flatten)]
    target: Target,
    /// The kubectl to use in place of the cluster's own, with the arguments that lead to another cluster
    #[arg(last = true, value_name = "KUBECTL")]
    kubectl: Vec<OsString>,
}

/// A way into a cluster.
pub enum Kubectl<'a> {
    /// The node's own.
    Of(&'a Node),
    /// These words.
    Words(&'a [OsString]),
}

impl Install {
    pub async fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let (What::Operator { cluster, .. } | What::App { cluster, .. }) = &self.what;
        let node = if cluster.kubectl.is_empty() { Some(cluster.target.node(home)?) } else { None };
        let kubectl = node.as_ref().map_or(Kubectl::Words(&cluster.kubectl), Kubectl::Of);
        match &self.what {
            What::Operator { folder, images, .. } => operator(&kubectl, folder, images).await?,
            What::App { manifest, .. } => app(&kubectl, manifest).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Applies the operator's kustomization in `folder` with these images, and waits until the definitions are served and the
/// operator runs.
pub async fn operator(kubectl: &Kubectl<'_>, folder: &Path, images: &[String]) -> anyhow::Result<()> {
    let overlay = overlay(folder, images)?;
    let overlay = overlay.path().display().to_string();
    kubectl.run(&["apply", "--server-side", "--force-conflicts", "--kustomize", &overlay]).await?;
    let definitions = "customresourcedefinitions --selector app.kubernetes.io/part-of=coverletter";
    kubectl.line(&format!("wait --for=condition=Established --timeout=60s {definitions}")).await?;
    kubectl.line(&format!("rollout status --namespace {SYSTEM} --timeout=120s deployment/coverletter-operator")).await
}

/// Applies the manifest of the sample app and waits until the app is ready; if that takes too long, shows why.
pub async fn app(kubectl: &Kubectl<'_>, manifest: &Path) -> anyhow::Result<()> {
    // Not `--server-side`: a sample that is applied later must be able to replace these fields without a conflict.
    kubectl.run(&["apply", "--filename", &manifest.display().to_string()]).await?;
    let ready = format!("wait --for=condition=Ready --timeout=300s --namespace {APP} coverletterapp/{APP}");
    let outcome = kubectl.line(&ready).await;
    if outcome.is_err() {
        // Best effort: these show the reason; the error is returned in any case.
        let _ = kubectl.line(&format!("describe --namespace {APP} coverletterapp/{APP}")).await;
        let _ = kubectl.line(&format!("get pods --namespace {APP}")).await;
    }
    outcome
}

/// A folder with a kustomization that is the one in `folder` with these images. Their tags are hashes of the content, so
/// that a new build is rolled out.
fn overlay(folder: &Path, images: &[String]) -> anyhow::Result<tempfile::TempDir> {
    let overlay = tempfile::tempdir().context("failed to make a folder for a kustomization")?;
    let base = fs::canonicalize(folder).with_context(|| format!("failed to find `{}`", folder.display()))?;
    // kustomize takes no absolute path.
    symlink(&base, overlay.path().join("base")).context("failed to link the operator's kustomization")?;
    let tags = images.iter().map(|image| {
        let (name, tag) = image.rsplit_once(':').unwrap_or((image, "dev"));
        format!("- {{name: {name}, newTag: \"{tag}\"}}\n")
    });
    let variables = IMAGES.iter().zip(images).map(|(name, image)| format!("{{name: {name}, value: \"{image}\"}}"));
    let text = format!(
        "resources: [base]\nimages:\n{}patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    \
         metadata: {{name: coverletter-operator, namespace: {SYSTEM}}}\n    \
         spec: {{template: {{spec: {{containers: [{{name: operator, env: [{}]}}]}}}}}}\n",
        tags.collect::<String>(),
        variables.collect::<Vec<_>>().join(", ")
    );
    fs::write(overlay.path().join("kustomization.yaml"), text).context("failed to write a kustomization")?;
    Ok(overlay)
}

impl Kubectl<'_> {
    async fn line(&self, words: &str) -> anyhow::Result<()> {
        self.run(&words.split(' ').collect::<Vec<_>>()).await
    }

    async fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = tokio::process::Command::from(self.command()?);
        let shown = format!("kubectl {}", arguments.join(" "));
        let status = command.args(arguments).kill_on_drop(true).status().await;
        let status = status.with_context(|| format!("failed to run `{shown}`: is kubectl installed?"))?;
        anyhow::ensure!(status.success(), "`{shown}` ended with {status}");
        Ok(())
    }

    fn command(&self) -> anyhow::Result<Command> {
        match self {
            Self::Of(node) => Ok(node.kubectl()?),
            Self::Words(words) => {
                let (program, arguments) = words.split_first().context("no kubectl is named")?;
                let mut command = Command::new(program);
                command.args(arguments);
                Ok(command)
            }
        }
    }
}
