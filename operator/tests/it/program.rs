//! The real program as a process of its own, which can be killed and weighed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;

use devcluster::control_plane::ControlPlane;
use devcluster::ports::free_port;

/// The program, which ends with the value.
pub struct Program {
    child: Child,
    led: Option<Receiver<()>>,
}

impl Program {
    /// This version, once it leads.
    pub async fn start(plane: &ControlPlane, namespace: &str) -> Self {
        let this = Path::new(env!("CARGO_BIN_EXE_operator"));
        let mut program = Self::candidate(this, plane, namespace, "coverletter-operator");
        program.leads().await;
        program
    }

    /// The program `file` as the candidate `name`, which leads when no other does.
    pub fn candidate(file: &Path, plane: &ControlPlane, namespace: &str, name: &str) -> Self {
        let admin = format!("127.0.0.1:{}", free_port().expect("a free port"));
        let mut program = Command::new(file);
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            program.env_remove(proxy);
        }
        program.env("KUBECONFIG", plane.kubeconfig()).args(["run", "--leader-namespace", namespace]);
        program.args(["--pod-name", name]);
        program
            .args(["--admin-listen", &admin, "--scaler-listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = program.spawn().expect("the program starts");
        let log = BufReader::new(child.stderr.take().expect("it is piped"));
        // Read to its end, or the program would wait for somebody to read its log.
        let (leads, led) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if line.contains("Looks after apps and requests") {
                    let _ = leads.send(());
                }
            }
        });
        Self { child, led: Some(led) }
    }

    /// Waits until it leads.
    pub async fn leads(&mut self) {
        let led = self.led.take().expect("it is asked once");
        let waited = tokio::task::spawn_blocking(move || led.recv_timeout(std::time::Duration::from_mins(1))).await;
        waited.expect("it waits").expect("it leads");
    }

    /// Asks it to end, as a cluster does, and waits until it has.
    pub fn ends(&mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("it is asked");
        assert!(asked.success() && self.child.wait().expect("it ends").success(), "it does not end well");
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kilobytes of memory: now, and at most so far.
    pub fn memory(&self) -> (usize, usize) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells it");
            line.trim_matches([':', ' ', '\t']).trim_end_matches(" kB").parse().expect("a number")
        };
        (kilobytes("VmRSS"), kilobytes("VmHWM"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
