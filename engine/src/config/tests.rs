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
    assert_eq!(parse(r#","sliding_window":null"#).window(), None);
    assert_eq!(parse(r#","sliding_window":16,"use_sliding_window":false"#).window(), None);
    assert_eq!(parse(r#","sliding_window":16,"use_sliding_window":true"#).window(), Some(16));
    assert_eq!(parse(r#","sliding_window":64,"use_sliding_window":true"#).window(), None, "as long as the context");
}

#[test]
fn end_tokens_are_one_or_many() {
    assert_eq!(parse(r#","eos_token_id":7"#).eos_token_id.expect("given").as_slice(), [7]);
    assert_eq!(parse(r#","eos_token_id":[6,7]"#).eos_token_id.expect("given").as_slice(), [6, 7]);
}
