//! Files that are written here, whole and damaged.

use super::*;

#[test]
fn tensor_names_are_translated() {
    let check = |gguf: &str, expect: Option<&str>| assert_eq!(hugging_face_name(gguf).as_deref(), expect);
    check("token_embd.weight", Some("model.embed_tokens.weight"));
    check("blk.11.attn_q.bias", Some("model.layers.11.self_attn.q_proj.bias"));
    check("blk.0.ffn_norm.weight", Some("model.layers.0.post_attention_layernorm.weight"));
    check("blk.3.attn_k_norm.weight", Some("model.layers.3.self_attn.k_norm.weight"));
    check("blk.0.rope_freqs.weight", None);
    check("nonsense", None);
}
