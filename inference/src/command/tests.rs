//! The subcommand is optional, and the arguments of the pods are accepted.

use super::*;

const WORK: [&str; 7] = [
    "--namespace=default",
    "--app=letters",
    "--pod-name=letters-inference-0",
    "--pod-uid=8d1f",
    "--pod-ip=fd00::7",
    "--model=/models/built-in",
    "--stream-token=a-secret-of-the-app",
];
const FETCH_HUB: [&str; 6] = [
    "fetch",
    "--into=/models/cache/fetched-1",
    "hugging-face",
    "--repository=owner/name",
    "--revision=0123456789012345678901234567890123456789",
    "--endpoint=https://mirror.example/hub",
];

fn parse<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Command, String> {
    Command::try_parse_from(std::iter::once("inference").chain(arguments)).map_err(|error| error.to_string())
}

#[test]
fn without_a_subcommand_it_works() {
    assert!(matches!(parse(WORK), Ok(Command::Work(args)) if args.app == "letters"));
}

#[test]
fn the_subcommand_fetches_and_needs_no_arguments_of_the_work() {
    let Ok(Command::Fetch(args)) = parse(FETCH_HUB) else { panic!("it should fetch") };
    assert_eq!(args.into.to_str(), Some("/models/cache/fetched-1"));
}

#[test]
fn a_checksum_needs_a_file_and_64_digits() {
    let digits = "ab".repeat(32);
    let with = |checksum: &str| parse(FETCH_HUB.into_iter().chain([format!("--sha256={checksum}").as_str()]));
    assert!(with(&format!("model.safetensors={digits}")).is_ok());
    assert!(with(&digits).is_err());
    assert!(with("model.safetensors=abc").is_err());
}

#[test]
fn without_arguments_the_error_names_the_missing_ones() {
    let error = parse([]).expect_err("the work needs arguments");
    assert!(error.contains("--namespace"), "{error}");
}
