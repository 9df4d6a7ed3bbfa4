use super::*;

fn parse(extra: &str) -> ModelConfig {
    let json = format!(
        r#"{{"model_type":"qwen2","vocab_size":8,"hidden_size":4,"intermediate_size":8,"num_hidden_layers":1,
            "num_attention_heads":2,"max_position_embeddings":64,"rms_norm_eps":1e-6{extra}}}"#
    );
    ModelConfig::new(serde_json::from_str(&json).expect("an object")).expect("valid config")
}

#[test]
fn rope_base_is_found_in_old_and_new_files() {
    let check = |found: f64, expect: f64| assert!((found - expect).abs() < 1e-3, "{found} is not {expect}");
    check(parse(r#","rope_theta":1000000.0"#).rope_theta(), 1e6);
    check(parse(r#","rope_parameters":{"rope_theta":500000.0,"rope_type":"default"}"#).rope_theta(), 5e5);
    check(parse("").rope_theta(), 1e4);
}

#[test]
fn window_is_ignored_unless_switched_on() {
    assert_eq!(parse(r#","sliding_window":null"#).window(1_000), None);
    assert_eq!(parse(r#","sliding_window":16,"use_sliding_window":false"#).window(1_000), None);
    assert_eq!(parse(r#","sliding_window":16,"use_sliding_window":true"#).window(1_000), Some(16));
    assert_eq!(
        parse(r#","sliding_window":64,"use_sliding_window":true"#).window(1_000),
        None,
        "as long as the context"
    );
    assert_eq!(parse(r#","sliding_window":16,"use_sliding_window":true"#).window(16), None, "as long as a row");
    let json = serde_json::json!({
        "model_type": "mistral", "vocab_size": 8, "hidden_size": 4, "intermediate_size": 8, "num_hidden_layers": 1,
        "num_attention_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "sliding_window": 16,
    });
    let mistral = ModelConfig::new(json.as_object().expect("an object").clone()).expect("valid config");
    assert_eq!(mistral.window(64), Some(16), "Mistral's files do not say that it is in use");
}

#[test]
fn rules_that_stretch_positions_are_read_whole_or_refused() {
    let rule = |json: &str| parse(&format!(r#","rope_scaling":{json}"#)).rope_scaling();
    assert_eq!(parse("").rope_scaling(), Ok(RopeScaling::None));
    assert_eq!(rule("null"), Ok(RopeScaling::None));
    assert_eq!(rule(r#"{"type":"linear","factor":4}"#), Ok(RopeScaling::Linear { factor: 4.0 }));
    let whole = r#"{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192}"#;
    assert_eq!(rule(whole), Ok(RopeScaling::Llama3 { factor: 8.0, low: 1.0, high: 4.0, original: 8192.0 }));
    for (json, words) in [
        (r#"{"rope_type":"llama3","factor":8}"#, "`low_freq_factor`"),
        (r#"{"rope_type":"linear","factor":0}"#, "`factor`"),
        (r#"{"rope_type":"yarn","factor":4}"#, "`yarn`"),
    ] {
        let why = rule(json).expect_err("refused");
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn end_tokens_are_one_or_many() {
    assert_eq!(parse(r#","eos_token_id":7"#).eos_token_id.expect("given").as_slice(), [7]);
    assert_eq!(parse(r#","eos_token_id":[6,7]"#).eos_token_id.expect("given").as_slice(), [6, 7]);
}
