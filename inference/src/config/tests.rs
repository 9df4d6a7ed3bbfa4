//! Arguments as the operator passes them.

use clap::CommandFactory as _;

use super::*;

const ARGS: &[&str] = &[
    "inference",
    "--namespace=default",
    "--app=letters",
    "--pod-name=letters-inference-0",
    "--pod-uid=8d1f",
    "--pod-ip=fd00::7",
    "--model=/models/built-in",
    "--stream-token=a-secret-of-the-app",
];

#[test]
fn defaults_replace_arguments_that_the_operator_omits() {
    let config = Args::try_parse_from(ARGS).expect("the arguments are complete").into_config("boot".into());
    assert_eq!((config.work.slots, config.work.max_attempts, config.work.active_deadline_seconds), (8, 3, 900));
    assert_eq!(config.identity.claimant.boot_id, "boot");
}

#[test]
fn the_model_is_loaded_as_the_arguments_say() {
    let config = |extra: &[&'static str]| {
        let args = Args::try_parse_from(ARGS.iter().copied().chain(extra.iter().copied()));
        match args.expect("the arguments are complete").into_config("boot".into()).model.place {
            Place::Here { load, .. } => load,
            Place::Server(server) => panic!("no server is named: {server:?}"),
        }
    };
    assert_eq!(config(&[]), LoadOptions::default());
    let expect = LoadOptions {
        backend: BackendKind::Candle,
        quantization: Quantization::Q4,
        cache: Some("/cache".into()),
        threads: Some(3),
        ..LoadOptions::default()
    };
    let settings = r#"--settings={"backend":"Candle","quantization":"Q4"}"#;
    let extra = [settings, "--model-cache=/cache", "--threads=3"];
    assert_eq!(config(&extra), expect);
}

#[test]
fn help_shows_the_settings_and_their_defaults() {
    let help = Args::command().render_long_help().to_string();
    assert!(help.contains(&WorkerSettings::default().to_string()), "{help}");
}

#[test]
fn the_endpoint_of_an_ipv6_pod_has_brackets() {
    let config = Args::try_parse_from(ARGS).expect("the arguments are complete").into_config("boot".into());
    assert_eq!(config.identity.claimant.endpoint, "[fd00::7]:8080");
}

#[test]
fn the_token_is_not_printed() {
    let args = Args::try_parse_from(ARGS).expect("the arguments are complete");
    assert!(!format!("{args:?}").contains("a-secret-of-the-app"));
}

#[test]
fn settings_beyond_the_schema_and_a_missing_token_are_refused() {
    let refused = |extra: &str| Args::try_parse_from(ARGS.iter().copied().chain([extra])).is_err();
    assert!(refused(r#"--settings={"slots":0}"#));
    assert!(Args::try_parse_from(&ARGS[..ARGS.len() - 1]).is_err());
}

/// Arguments of a pod whose model a server computes.
fn at_a_server<'a>(extra: &[&'a str]) -> Vec<&'a str> {
    let without_model = ARGS.iter().copied().filter(|argument| !argument.starts_with("--model"));
    without_model
        .chain(["--server-url=http://vllm.llm.svc:8000/v1", "--server-model=qwen"])
        .chain(extra.iter().copied())
        .collect()
}

#[test]
fn a_server_takes_the_place_of_a_folder_and_its_token_is_not_printed() {
    let args = at_a_server(&["--server-token=a-secret-token\n", "--server-concurrency=3"]);
    let config = Args::try_parse_from(args).expect("the arguments are complete").into_config("boot".into());
    let printed = format!("{:?}", config.model);
    let Place::Server(server) = config.model.place else { panic!("{printed}") };
    assert_eq!((server.url.as_str(), server.model.as_str()), ("http://vllm.llm.svc:8000/v1", "qwen"));
    assert_eq!((server.concurrency, server.token.is_some()), (3, true));
    assert!(!printed.contains("a-secret-token"), "{printed}");
    let config = Args::try_parse_from(at_a_server(&[])).expect("the arguments are complete").into_config("boot".into());
    assert!(matches!(config.model.place, Place::Server(server) if server.concurrency == config.work.slots));
}

#[test]
fn a_model_is_here_or_at_a_server() {
    let refused = |arguments: Vec<&str>| Args::try_parse_from(arguments).expect_err("it is refused").to_string();
    assert!(refused(at_a_server(&["--model=/models/built-in"])).contains("cannot be used with"));
    assert!(
        refused(ARGS.iter().copied().filter(|argument| !argument.starts_with("--model")).collect()).contains("--model")
    );
    assert!(refused([ARGS, &["--server-model=qwen"]].concat()).contains("cannot be used with"));
    let with_password = at_a_server(&[]).into_iter().map(|argument| argument.replace("vllm.", "u:p@vllm."));
    assert!(Args::try_parse_from(with_password).is_err());
}
