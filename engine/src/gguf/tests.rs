//! Files that are written here, whole and damaged.

use proptest::prelude::*;

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

/// A file, written as the format says.
#[derive(Default)]
struct Writer {
    settings: Vec<u8>,
    count: u64,
    infos: Vec<u8>,
    tensors: u64,
    data: Vec<u8>,
}

impl Writer {
    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
    }

    fn setting(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.settings.extend([&Self::text(key), &kind.to_le_bytes()[..], value].concat());
        self.count += 1;
        self
    }

    fn number(self, key: &str, number: u32) -> Self {
        self.setting(key, 4, &number.to_le_bytes())
    }

    fn texts(self, key: &str, texts: &[&str]) -> Self {
        let head = [&8u32.to_le_bytes()[..], &(texts.len() as u64).to_le_bytes()].concat();
        let all: Vec<u8> = texts.iter().flat_map(|text| Self::text(text)).collect();
        self.setting(key, 9, &[head, all].concat())
    }

    /// A tensor of zeros.
    fn tensor(mut self, name: &str, dims: &[u64], kind: u32, bytes: usize) -> Self {
        let dims: Vec<u8> = [(dims.len() as u32).to_le_bytes().to_vec()]
            .into_iter()
            .chain(dims.iter().map(|dim| dim.to_le_bytes().to_vec()))
            .flatten()
            .collect();
        let place = [&kind.to_le_bytes()[..], &(self.data.len() as u64).to_le_bytes()].concat();
        self.infos.extend([Self::text(name), dims, place].concat());
        self.tensors += 1;
        self.data.resize((self.data.len() + bytes).next_multiple_of(32), 0);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let counts = [self.tensors.to_le_bytes(), self.count.to_le_bytes()].concat();
        let mut bytes = [b"GGUF", &3u32.to_le_bytes()[..], &counts, &self.settings, &self.infos].concat();
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes.extend(&self.data);
        bytes
    }
}

/// A file with a bit of everything.
fn model() -> Writer {
    Writer::default()
        .setting("general.architecture", 8, &Writer::text("llama"))
        .number("llama.block_count", 1)
        .number("llama.context_length", 64)
        .number("llama.embedding_length", 32)
        .number("llama.feed_forward_length", 32)
        .number("llama.attention.head_count", 2)
        .setting("llama.attention.layer_norm_rms_epsilon", 6, &1e-5f32.to_le_bytes())
        .setting("llama.rope.scaling.type", 8, &Writer::text("linear"))
        .setting("llama.rope.scaling.factor", 6, &4f32.to_le_bytes())
        .setting("tokenizer.ggml.model", 8, &Writer::text("gpt2"))
        .setting("tokenizer.ggml.pre", 8, &Writer::text("smollm"))
        .texts("tokenizer.ggml.tokens", &["a", "b", "ab", "<end>"])
        .setting("tokenizer.ggml.token_type", 9, &{
            let kinds = [1i32, 1, 1, 3].map(i32::to_le_bytes).concat();
            [&5u32.to_le_bytes()[..], &4u64.to_le_bytes(), &kinds].concat()
        })
        .texts("tokenizer.ggml.merges", &["a b"])
        .tensor("token_embd.weight", &[32, 4], 3, 80)
        .tensor("blk.0.attn_q.weight", &[32, 32], 0, 4096)
        .tensor("rope_freqs.weight", &[8], 0, 32)
}

/// All that is read of a file.
fn read(bytes: &[u8]) -> Result<(), String> {
    let gguf = Gguf::read(bytes)?;
    config(&gguf)?;
    let listed = vocabulary(&gguf)?;
    crate::tokens::Tokens::from_listed(&listed).map_err(|error| error.to_string())?;
    let mut tensors = Tensors::new();
    gguf.tensors(&Layout::new(gguf.architecture(), 16), &mut tensors)?;
    tensors.values().try_for_each(|tensor| tensor.values().map(drop))
}

#[test]
fn a_file_is_read_whole() {
    let bytes = model().bytes();
    read(&bytes).expect("reads");
    let gguf = Gguf::read(&bytes).expect("reads");
    let config = config(&gguf).expect("a configuration");
    assert_eq!((&config["vocab_size"], &config["num_key_value_heads"]), (&4.into(), &2.into()));
    assert_eq!(
        (&config["tie_word_embeddings"], &config["rope_scaling"]["rope_type"]),
        (&true.into(), &"factors".into())
    );
    let tokens = crate::tokens::Tokens::from_listed(&vocabulary(&gguf).expect("a vocabulary")).expect("a tokenizer");
    assert_eq!(tokens.encode_control("aab<end>").expect("encodes"), [0, 2, 3]);
    let mut tensors = Tensors::new();
    gguf.tensors(&Layout::new("llama", 16), &mut tensors).expect("lists");
    assert_eq!(tensors["model.layers.0.self_attn.q_proj.weight"].order, RowOrder::Pairs(16));
    assert_eq!(tensors["model.embed_tokens.weight"].dims, [4, 32]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let refused = |bytes: &[u8], words: &[&str]| {
        let why = read(bytes).expect_err("it is refused");
        for word in words {
            assert!(why.contains(word), "{why:?} names {word:?}");
        }
    };
    refused(b"", &["ends at byte 0"]);
    refused(b"PK\x03\x04 and so on", &["no GGUF file"]);
    let mut old = model().bytes();
    old[4] = 1;
    refused(&old, &["version 1"]);
    refused(
        &model().tensor("blk.0.ffn_up.weight", &[32, 32], 21, 64).bytes(),
        &["blk.0.ffn_up.weight", "`IQ3_S`", "Q4_1"],
    );
    refused(&model().tensor("blk.0.ffn_up.weight", &[32], 77, 64).bytes(), &["blk.0.ffn_up.weight", "number 77"]);
    refused(&model().tensor("blk.0.ffn_up.weight", &[33, 2], 2, 64).bytes(), &["rows of 33", "32 of a block"]);
    refused(&model().tensor("blk.0.ffn_up.weight", &[1 << 60, 1 << 60], 0, 64).bytes(), &["more values than"]);
    refused(&model().tensor("blk.0.ffn_up.weight", &[1 << 40], 0, 64).bytes(), &["the file ends", "blk.0.ffn_up"]);
    refused(&model().number("llama.block_count", 2).bytes(), &["`llama.block_count`", "twice"]);
    let without = |key: &str, other: &str| {
        let bytes = model().bytes();
        let at = bytes.windows(key.len()).position(|window| window == key.as_bytes()).expect("it is there");
        [&bytes[..at], other.as_bytes(), &bytes[at + key.len()..]].concat()
    };
    refused(&without("llama.embedding_length", "llama.embedding_lengtx"), &["no setting `llama.embedding_length`"]);
    refused(&without("smollm", "tekken"), &["`tekken`", "gpt-2", "tokenizer.json"]);
    refused(&without("gpt2", "bert"), &["`bert`", "tokenizer.json"]);
    refused(&without("a b", "a c"), &["merge", "`c`"]);
    // A count that is too high does not reserve memory.
    let counts = [b"GGUF", &3u32.to_le_bytes()[..], &u64::MAX.to_le_bytes(), &u64::MAX.to_le_bytes()].concat();
    refused(&counts, &["ends at byte 24"]);
    let list = [&8u32.to_le_bytes()[..], &u64::MAX.to_le_bytes()].concat();
    refused(&Writer::default().setting("endless", 9, &list).bytes(), &["the file ends", "endless"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_a_reader_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), end: prop::sample::Index,
        is_cut: bool,
    ) {
        let mut bytes = model().bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(end.index(bytes.len()));
        }
        // Whether it is read or refused, a sentence comes of it and nothing else.
        if let Err(why) = read(&bytes) {
            prop_assert!(!why.is_empty());
        }
    }
}
