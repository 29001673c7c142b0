//! Embeddings: a vector of length one for each input.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::seed::Seed;
use super::{model_of, tokenizer};
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let length = match body.get("dimensions").and_then(Value::as_u64) {
        Some(length) => usize::try_from(length.clamp(1, 4096)).unwrap_or(4096),
        None if model_of(body).ends_with("-large") => 3072,
        None => 1536,
    };
    let encoded = body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let input = body.get("input").unwrap_or(&Value::Null);
    let count = inputs(input);
    let data: Vec<Value> = (0..count)
        .map(|index| {
            let vector = vector(&seed.derive(&format!("embedding {index}")), length);
            let embedding = if encoded { json!(base64(&vector)) } else { json!(vector) };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let tokens = tokenizer(body).within(input).max(1);
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    Answer::json(200, &json!({"object": "list", "data": data, "model": model_of(body), "usage": usage}))
}

/// How many vectors are wanted: a list of numbers is one input, a list of others has one each.
fn inputs(input: &Value) -> usize {
    match input {
        Value::Array(inputs) if inputs.iter().all(Value::is_number) => 1,
        Value::Array(inputs) => inputs.len().min(2048),
        _ => 1,
    }
}

/// Single precision, as the service sends it.
fn vector(seed: &Seed, length: usize) -> Vec<f32> {
    let raw: Vec<f64> = seed.fractions(length);
    let norm = raw.iter().map(|value| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    #[expect(clippy::cast_possible_truncation, reason = "the wire carries single precision")]
    let short = |value: f64| (value / norm) as f32;
    raw.into_iter().map(short).collect()
}

/// Little-endian bytes of the numbers, which is what official clients ask for.
fn base64(vector: &[f32]) -> String {
    STANDARD.encode(vector.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::super::super::seed::tests::request;
    use super::*;

    fn asked(body: &Value) -> Value {
        let answer = answer(body, &Seed::of(&request(&body.to_string())));
        serde_json::from_str(&answer.body_text()).unwrap()
    }

    #[test]
    fn a_vector_has_length_one() {
        let answer = asked(&json!({"model": "text-embedding-3-small", "input": "Hi"}));
        let vector: Vec<f64> =
            answer["data"][0]["embedding"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        assert_eq!(vector.len(), 1536);
        let norm: f64 = vector.iter().map(|value| value * value).sum();
        assert!((norm - 1.0).abs() < 1e-3);
    }

    #[test]
    fn each_input_has_a_vector_of_the_wanted_size() {
        let answer = asked(&json!({"input": ["a", "b"], "dimensions": 4}));
        assert_eq!(answer["data"].as_array().unwrap().len(), 2);
        assert_eq!(answer["data"][1]["embedding"].as_array().unwrap().len(), 4);
        assert_ne!(answer["data"][0]["embedding"], answer["data"][1]["embedding"]);
    }

    #[test]
    fn base64_carries_four_bytes_a_number() {
        let answer = asked(&json!({"input": "a", "dimensions": 3, "encoding_format": "base64"}));
        assert_eq!(STANDARD.decode(answer["data"][0]["embedding"].as_str().unwrap()).unwrap().len(), 12);
    }
}
