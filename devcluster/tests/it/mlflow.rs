//! A real MLflow server: it registers what a client logs, and leaves nothing behind.

use std::process::Command;

use devcluster::mlflow::{MLFLOW_VERSION, Mlflow};

const CLIENT: &str = "
import mlflow, pathlib, sys
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
print(mlflow.__version__)
run = client.create_run('0')
client.log_text(run.info.run_id, 'kept', 'model/config.json')
client.create_registered_model('writer')
print(client.create_model_version('writer', f'{run.info.artifact_uri}/model', run.info.run_id).version)
print(pathlib.Path(mlflow.artifacts.download_artifacts('models:/writer/1'), 'config.json').read_text())
";

#[tokio::test]
async fn server_registers_a_model_and_leaves_nothing() {
    let mlflow = Mlflow::start().await.unwrap();
    let output = Command::new(mlflow.python())
        .args(["-c", CLIENT, &mlflow.url()])
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .output()
        .unwrap();
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = printed.lines().filter(|line| !line.contains("View run")).collect();
    assert_eq!(lines, [MLFLOW_VERSION, "1", "kept"], "{said}");
    let log = mlflow.log();
    assert!(log.exists());
    drop(mlflow);
    assert!(!log.parent().unwrap().exists(), "its folder is still there");
}
