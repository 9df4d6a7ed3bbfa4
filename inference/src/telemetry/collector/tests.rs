//! How the variables of OpenTelemetry are read.

use clap::Parser;

use super::*;

#[derive(Parser, Debug)]
struct Program {
    #[command(flatten)]
    telemetry: TelemetryArgs,
}

fn parse(arguments: &[&str]) -> Result<Option<Collector>, clap::Error> {
    let program = Program::try_parse_from(["program"].iter().chain(arguments));
    program.map(|program| program.telemetry.collector())
}

fn endpoint(arguments: &[&str]) -> Option<String> {
    parse(arguments).expect("valid arguments").map(|collector| collector.endpoint)
}

#[test]
fn without_an_endpoint_there_is_no_collector() {
    assert_eq!(endpoint(&[]), None);
    assert_eq!(endpoint(&["--otlp-endpoint=", "--otlp-traces-endpoint="]), None);
    assert_eq!(endpoint(&["--otlp-headers=a=b"]), None);
}

#[test]
fn a_base_url_gets_the_path_of_traces_and_a_full_one_is_used_as_it_is() {
    assert_eq!(endpoint(&["--otlp-endpoint=http://c:4318"]).as_deref(), Some("http://c:4318/v1/traces"));
    assert_eq!(endpoint(&["--otlp-endpoint=https://c/otlp/"]).as_deref(), Some("https://c/otlp/v1/traces"));
    let both = ["--otlp-endpoint=http://c:4318", "--otlp-traces-endpoint=http://d/spans"];
    assert_eq!(endpoint(&both).as_deref(), Some("http://d/spans"));
}

#[test]
fn other_urls_are_refused() {
    for url in ["c:4318", "grpc://c:4317", "http://", "/v1/traces"] {
        assert!(parse(&[&format!("--otlp-endpoint={url}")]).is_err(), "{url}");
    }
}

#[test]
fn headers_of_traces_take_precedence() {
    let both = ["--otlp-endpoint=http://c", "--otlp-headers=a=1", "--otlp-traces-headers= b = 2%2C3 ,, c=x=y"];
    let headers = parse(&both).expect("valid arguments").expect("a collector").headers.pairs();
    let pairs = [("b", "2%2C3"), ("c", "x=y")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(headers, Ok(HashMap::from(pairs)));
}

#[test]
fn a_bad_header_is_named_by_its_position_and_none_is_ever_printed() {
    let error = Headers::new("ok=1,pass word=geheim").pairs().expect_err("a space in a name");
    assert!(error.to_string().contains("number 2") && !error.to_string().contains("geheim"), "{error}");
    let program = Program::try_parse_from(["program", "--otlp-headers=authorization=geheim"]).expect("valid");
    assert!(!format!("{program:?}").contains("geheim"));
}
