//! The images that the Dockerfile begins with, made of what this machine has.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::engine::Engine;
use crate::shell::{command, output, root, run, succeeds};

/// Debian's smallest system.
const DEBIAN: &str = "localhost/coverletter/debian:dev";
/// The same with compilers, for the stages that build.
const BUILDER: &str = "localhost/coverletter/builder:dev";

/// What `BUILDER` is made by. Rust, Go, the authorities that are trusted and the address of Go's modules are this machine's.
const RECIPE: &str = "
ARG DEBIAN
FROM ${DEBIAN}
RUN apt-get update && apt-get install --yes --no-install-recommends g++ python3-pip && rm -rf /var/lib/apt/lists/*
COPY --from=authorities /ca-certificates.crt /etc/ssl/certs/
COPY --from=go / /usr/local/go/
COPY --from=rust / /usr/local/rust/
ARG GOPROXY
ENV GOPROXY=${GOPROXY} CARGO_HOME=/usr/local/cargo
ENV PATH=/usr/local/rust/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
";

/// Makes them unless they are there, and returns the arguments of a build that begins with them.
pub(super) fn make(engine: Engine) -> Result<Vec<String>> {
    if !succeeds(engine.command(["image", "inspect", DEBIAN])) {
        debian(engine)?;
    }
    if !succeeds(engine.command(["image", "inspect", BUILDER])) {
        builder(engine)?;
    }
    let bases = [("RUST", BUILDER), ("GO", BUILDER), ("PYTHON", BUILDER), ("DEBIAN", DEBIAN), ("DISTROLESS", DEBIAN)];
    Ok(bases.iter().flat_map(|(name, image)| argument(name, image)).collect())
}

fn argument(name: &str, value: &str) -> [String; 2] {
    ["--build-arg".to_owned(), format!("{name}={value}")]
}

/// Debian from where this machine's packages are from.
fn debian(engine: Engine) -> Result<()> {
    let sources =
        output(command("apt-get", ["indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"]))?;
    let (mirror, suite) =
        sources.lines().find_map(|line| line.split_once(' ')).context("find the Debian sources of this machine")?;
    let folder = root().join("target/debootstrap");
    let _ = fs::remove_dir_all(&folder);
    let mut debootstrap = command("debootstrap", ["--variant=minbase", "--include=ca-certificates", suite]);
    debootstrap.arg(&folder).arg(mirror);
    run(debootstrap)?;
    let mut pack = command("tar", ["--create", "--directory"]);
    let mut pack = pack.arg(&folder).arg(".").stdout(Stdio::piped()).spawn().context("start tar")?;
    let mut import = engine.command(["import", "-", DEBIAN]);
    import.stdin(pack.stdout.take().expect("its output is piped"));
    run(import)?;
    ensure!(pack.wait()?.success(), "tar failed to pack {}", folder.display());
    fs::remove_dir_all(&folder).context("remove target/debootstrap")
}

fn builder(engine: Engine) -> Result<()> {
    let rust = output(command("rustc", ["--print", "sysroot"]))?;
    let [go, modules] = ["GOROOT", "GOPROXY"].map(|name| output(command("go", ["env", name])));
    let mut build = engine.command(["build", "--network", "host", "--tag", BUILDER, "--file", "-"]);
    build.args(argument("DEBIAN", DEBIAN)).args(argument("GOPROXY", &modules?));
    for context in ["authorities=/etc/ssl/certs".to_owned(), format!("rust={rust}"), format!("go={}", go?)] {
        build.args(["--build-context", &context]);
    }
    with_input(build.arg("config"), RECIPE)
}

fn with_input(command: &mut Command, input: &str) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).spawn().context("start the build")?;
    child.stdin.take().expect("its input is piped").write_all(input.as_bytes())?;
    ensure!(child.wait()?.success(), "the build of {BUILDER} failed");
    Ok(())
}
