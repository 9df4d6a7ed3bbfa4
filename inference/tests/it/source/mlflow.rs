//! A model from the registry of a real MLflow server: logged by its own client, fetched by our program.

use std::path::Path;
use std::process::Command;

use fixtures::mlflow::Mlflow;

use super::hub::weights;
use super::program::{Ended, fetch, names};

/// Registers the folders `plain` and `transformers` below its second argument, and one with nothing to fetch.
const REGISTER: &str = "
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
run = client.create_run('0').info
for kind in ['plain', 'transformers', 'pickle']:
    client.log_artifacts(run.run_id, f'{sys.argv[2]}/{kind}', kind)
    name = 'team writer ' + kind
    client.create_registered_model(name)
    client.create_model_version(name, f'{run.artifact_uri}/{kind}', run.run_id)
client.create_registered_model('elsewhere')
client.create_model_version('elsewhere', 's3://bucket/model')
";
/// The files of the model, by where the two layouts keep them.
const FILES: [(&str, &str, &str); 4] = [
    ("config.json", "config.json", "model/config.json"),
    ("model.safetensors", "model.safetensors", "model/model.safetensors"),
    ("tokenizer.json", "tokenizer.json", "components/tokenizer/tokenizer.json"),
    ("tokenizer_config.json", "tokenizer_config.json", "components/tokenizer/tokenizer_config.json"),
];

fn content(name: &str) -> Vec<u8> {
    if name == "model.safetensors" { weights(7) } else { format!(r#"{{"file": "{name}"}}"#).into_bytes() }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
    std::fs::write(path, bytes).expect("it can be written");
}

fn register(mlflow: &Mlflow) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, plain, transformers) in FILES {
        write(&folder.path().join("plain").join(plain), &content(name));
        write(&folder.path().join("transformers").join(transformers), &content(name));
    }
    write(&folder.path().join("transformers/MLmodel"), b"flavors: {transformers: {}}");
    write(&folder.path().join("pickle/model.pkl"), b"not a model of ours");
    let output = Command::new(mlflow.python())
        .args(["-c", REGISTER, &mlflow.url()])
        .arg(folder.path())
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .output()
        .expect("the client starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn fetch_model(mlflow: &Mlflow, folder: &Path, name: &str, version: &str) -> Ended {
    let url = mlflow.url();
    fetch(folder, &["mlflow", "--tracking-uri", &url, "--name", name, "--version", version], &[]).await
}

#[tokio::test]
async fn registered_models_are_fetched_as_they_were_logged() {
    let mlflow = Mlflow::start().await.expect("an MLflow server");
    register(&mlflow);
    for kind in ["plain", "transformers"] {
        let folder = tempfile::tempdir().expect("a folder");
        fetch_model(&mlflow, folder.path(), &format!("team writer {kind}"), "1").await.expect_success();
        assert_eq!(names(folder.path()), FILES.map(|(name, ..)| name), "{kind}");
        for (name, ..) in FILES {
            assert_eq!(std::fs::read(folder.path().join(name)).expect("it is there"), content(name), "{kind}/{name}");
        }
        // A partial download of an earlier start is resumed here too.
        let file = folder.path().join("model.safetensors");
        std::fs::write(folder.path().join("model.safetensors.part"), &weights(7)[..123_456])
            .expect("it can be written");
        std::fs::remove_file(&file).expect("it is there");
        let again = fetch_model(&mlflow, folder.path(), &format!("team writer {kind}"), "1").await.expect_success();
        assert!(again.log.contains("Resuming `model.safetensors`"), "{}", again.log);
        assert_eq!(std::fs::read(&file).expect("it is there"), weights(7));
    }

    let folder = tempfile::tempdir().expect("a folder");
    let refused = async |name: &str, version: &str, words: &str| {
        fetch_model(&mlflow, folder.path(), name, version).await.expect_reason(words);
    };
    refused("team writer plain", "9", "has no version 9 of `team writer plain`").await;
    refused("nobody", "1", "has no version 1 of `nobody`").await;
    refused("team writer pickle", "1", "it has no `config.json`").await;
    refused("elsewhere", "1", "--serve-artifacts").await;
}
