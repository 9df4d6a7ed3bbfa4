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
        args.expect("the arguments are complete").into_config("boot".into()).model.load
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
