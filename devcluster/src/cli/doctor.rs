//! `devcluster doctor`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Args;

mod finding;
mod kernel;
mod machine;
mod tools;

use finding::{Finding, Level};

/// Check whether this machine can run a cluster: one line a check, with the fix where one is needed
#[derive(Args, Debug)]
pub struct Doctor {
    /// Show only what needs attention
    #[arg(long, short)]
    quiet: bool,
}

impl Doctor {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let mut failures = 0;
        let checks: [&dyn Fn() -> Finding; 17] = [
            &machine::kernel,
            &machine::root,
            &machine::capabilities,
            &kernel::cgroups,
            &|| kernel::namespaces(home),
            &kernel::bridges,
            &kernel::inotify,
            &kernel::shared_settings,
            &machine::open_files,
            &|| machine::disk(home),
            &machine::memory,
            &machine::web_port,
            &tools::ip,
            &|| tools::packaged("runc", "runc"),
            &|| tools::packaged("nft", "nftables"),
            &tools::go,
            &tools::docker,
        ];
        for check in checks {
            let finding = check();
            failures += usize::from(finding.level == Level::Failure);
            if !self.quiet || finding.level != Level::Well {
                show(&finding)?;
            }
        }
        Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn show(finding: &Finding) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let coloured = output.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (word, colour) = match finding.level {
        Level::Well => ("ok", "\u{1b}[32m"),
        Level::Warning => ("warn", "\u{1b}[33m"),
        Level::Failure => ("fail", "\u{1b}[31m"),
    };
    let (start, end) = if coloured { (colour, "\u{1b}[0m") } else { ("", "") };
    writeln!(output, "{start}{word:<4}{end}  {:<16}  {}", finding.name, finding.text)
}
