//! What stands beside the models: moderation, pictures, speech, files, batches.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::media;
use super::super::reply::{content, heard};
use super::super::seed::Seed;
use super::super::tokens;
use super::{choices, event, model_of, stream_of};
use crate::gateway::exchange::Answer;

/// The categories of a moderation (OpenAI Python SDK 3.57.0, `types/moderation.py`, 2026-12-01).
const CATEGORIES: &[&str] = &[
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
];

/// The judgement of each input: all of them are harmless.
pub(in crate::gateway) fn moderations(body: &Value, seed: &Seed) -> Answer {
    let input = body.get("input").unwrap_or(&Value::Null);
    // A list of parts is one input, a list of texts has one each.
    let count = match input {
        Value::Array(inputs) if inputs.iter().all(Value::is_string) => inputs.len().min(2048),
        _ => 1,
    };
    let all = |value: &dyn Fn(usize) -> Value| -> Value {
        let members = CATEGORIES.iter().enumerate().map(|(place, name)| ((*name).to_owned(), value(place)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    let results: Vec<Value> = (0..count)
        .map(|index| {
            let seed = seed.derive(&index.to_string());
            json!({"flagged": false, "categories": all(&|_| json!(false)),
                "category_scores": all(&|place| json!(seed.fraction(place).abs() / 1e6)),
                "category_applied_input_types": all(&|_| json!(["text"]))})
        })
        .collect();
    let model = body.get("model").and_then(Value::as_str).unwrap_or("omni-moderation-latest");
    Answer::json(200, &json!({"id": seed.id("modr-", 29), "model": model, "results": results}))
}

/// Pictures, each of one pixel: as text where the model sends them so, else as addresses.
pub(in crate::gateway) fn images(body: &Value, seed: &Seed) -> Answer {
    let count = match body.get("n") {
        // In a form all values are texts.
        Some(Value::String(count)) => count.parse().unwrap_or(1),
        _ => choices(body),
    };
    let count = count.clamp(1, 10);
    let model = model_of(body);
    let old = model.starts_with("dall-e");
    let format = body.get("response_format").and_then(Value::as_str);
    let as_url = format == Some("url") || (old && format.is_none());
    let data: Vec<Value> = (0..count)
        .map(|index| {
            let seed = seed.derive(&format!("picture {index}"));
            if as_url {
                json!({"url": format!("https://images.example.com/{}.png", seed.id("", 24))})
            } else {
                json!({"b64_json": STANDARD.encode(media::picture(&seed))})
            }
        })
        .collect();
    let mut whole = json!({"created": seed.created(), "data": data});
    if !old {
        let prompt = tokens::within(body.get("prompt").unwrap_or(&Value::Null), 0);
        let pixels = 64 * usize::try_from(count).unwrap_or(1);
        whole["output_format"] = body.get("output_format").cloned().unwrap_or_else(|| json!("png"));
        whole["usage"] = json!({"input_tokens": prompt, "output_tokens": pixels, "total_tokens": prompt + pixels,
            "input_tokens_details": {"image_tokens": 0, "text_tokens": prompt}});
    }
    Answer::json(200, &whole)
}

/// Speech: silence, as WAV whatever was asked for, since nobody plays it.
pub(in crate::gateway) fn speech(body: &Value) -> Answer {
    let bytes = media::silence();
    if body.get("stream_format").and_then(Value::as_str) == Some("sse") {
        let delta = json!({"type": "speech.audio.delta", "audio": STANDARD.encode(&bytes)});
        let done = json!({"type": "speech.audio.done",
            "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}});
        return stream_of(vec![event(&delta), event(&done)]);
    }
    // The names of the formats, and the media types that the service sends them with (API reference, 2026).
    let kind = match body.get("response_format").and_then(Value::as_str) {
        Some("opus") => "audio/opus",
        Some("aac") => "audio/aac",
        Some("flac") => "audio/flac",
        Some("wav") => "audio/wav",
        Some("pcm") => "audio/pcm",
        _ => "audio/mpeg",
    };
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Answer { status: 200, headers, chunks: vec![bytes] }
}

/// The text of speech: the name of the file, since nobody listens.
pub(in crate::gateway) fn transcription(form: &Value) -> Answer {
    let name = form.pointer("/file/filename").and_then(Value::as_str).unwrap_or("a recording");
    let text = format!("The mock gateway heard: {}", heard(name));
    match form.get("response_format").and_then(Value::as_str) {
        Some("text") => Answer::text(200, "text/plain; charset=utf-8", format!("{text}\n")),
        Some("srt") => Answer::text(
            200,
            "text/plain; charset=utf-8",
            format!("1\n00:00:00,000 --> 00:00:01,000\n{text}\n\n"),
        ),
        Some("vtt") => Answer::text(
            200,
            "text/plain; charset=utf-8",
            format!("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{text}\n\n"),
        ),
        Some("verbose_json") => {
            let segment = json!({"id": 0, "seek": 0, "start": 0.0, "end": 1.0, "text": text, "tokens": [],
                "temperature": 0.0, "avg_logprob": -0.1, "compression_ratio": 1.0, "no_speech_prob": 0.0});
            Answer::json(
                200,
                &json!({"task": "transcribe", "language": "english", "duration": 1.0, "text": text,
                "segments": [segment]}),
            )
        }
        _ if form.get("stream").and_then(Value::as_str) == Some("true") => {
            let delta = json!({"type": "transcript.text.delta", "delta": text});
            let done = json!({"type": "transcript.text.done", "text": text});
            stream_of(vec![event(&delta), event(&done)])
        }
        _ => {
            let output = tokens::count(&text);
            let usage = json!({"type": "tokens", "input_tokens": 10, "output_tokens": output,
                "total_tokens": 10 + output, "input_token_details": {"text_tokens": 0, "audio_tokens": 10}});
            Answer::json(200, &json!({"text": text, "usage": usage}))
        }
    }
}

/// A file: the one that a form brings, or the one of an id.
pub(in crate::gateway) fn file(form: &Value, id: Option<&str>, seed: &Seed) -> Answer {
    let id = id.map_or_else(|| seed.id("file-", 24), str::to_owned);
    let bytes = form.pointer("/file/bytes").and_then(Value::as_u64).unwrap_or(120);
    let name = form.pointer("/file/filename").and_then(Value::as_str).unwrap_or("requests.jsonl");
    let purpose = form.get("purpose").and_then(Value::as_str).unwrap_or("batch");
    Answer::json(
        200,
        &json!({"id": id, "object": "file", "bytes": bytes, "created_at": seed.created(), "expires_at": null,
            "filename": name, "purpose": purpose, "status": "processed", "status_details": null}),
    )
}

/// A list without entries: nothing is kept.
pub(in crate::gateway) fn whole_list() -> Answer {
    Answer::json(
        200,
        &json!({"object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false}),
    )
}

/// Says that something is gone.
pub(in crate::gateway) fn removed(id: &str, object: &str) -> Answer {
    Answer::json(200, &json!({"id": id, "object": object, "deleted": true}))
}

/// A batch: a new one, or the one of an id, which is done.
pub(in crate::gateway) fn batch(body: &Value, id: Option<&str>, state: &str, seed: &Seed) -> Answer {
    let created = seed.created();
    let done = state == "completed";
    let text = |key: &str, other: &str| content(Some(body.get(key).unwrap_or(&json!(other))));
    let total = u64::from(state != "validating");
    let file = seed.id("file-", 24);
    let id = id.map_or_else(|| seed.id("batch_", 32), str::to_owned);
    Answer::json(
        200,
        &json!({"id": id, "object": "batch", "endpoint": text("endpoint", "/v1/chat/completions"),
            "errors": null, "input_file_id": text("input_file_id", "file-abc123"),
            "completion_window": text("completion_window", "24h"), "status": state,
            "output_file_id": if done { json!(file) } else { Value::Null }, "error_file_id": null,
            "created_at": created, "in_progress_at": null, "expires_at": created + 86_400, "finalizing_at": null,
            "completed_at": if done { json!(created + 60) } else { Value::Null }, "failed_at": null,
            "expired_at": null, "cancelling_at": if state == "cancelling" { json!(created + 1) } else { Value::Null },
            "cancelled_at": null, "request_counts": {"total": total, "completed": u64::from(done), "failed": 0},
            "metadata": body.get("metadata").cloned().unwrap_or(Value::Null)}),
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::seed::tests::request;
    use super::*;

    fn seed() -> Seed {
        Seed::of(&request(""))
    }

    fn json(answer: &Answer) -> Value {
        serde_json::from_str(&answer.body_text()).unwrap()
    }

    #[test]
    fn each_text_is_judged() {
        let answer = json(&moderations(&json!({"input": ["a", "b"]}), &seed()));
        assert_eq!(answer["results"].as_array().unwrap().len(), 2);
        assert_eq!(answer["results"][1]["categories"]["self-harm/intent"], false);
    }

    #[test]
    fn pictures_come_as_the_model_sends_them() {
        let answer = json(&images(&json!({"model": "gpt-image-1", "prompt": "a cat", "n": 2}), &seed()));
        let picture = STANDARD.decode(answer["data"][1]["b64_json"].as_str().unwrap()).unwrap();
        assert!(picture.starts_with(b"\x89PNG"));
        let answer = json(&images(&json!({"model": "dall-e-3", "prompt": "a cat"}), &seed()));
        assert!(answer["data"][0]["url"].as_str().unwrap().starts_with("https://"));
    }

    #[test]
    fn a_recording_is_heard_by_its_name() {
        let form = json!({"file": {"filename": "talk.mp3"}, "model": "whisper-1", "response_format": "text"});
        assert_eq!(transcription(&form).body_text(), "The mock gateway heard: talk.mp3\n");
    }

    #[test]
    fn a_batch_that_is_asked_for_again_is_done() {
        let body =
            json!({"input_file_id": "file-1", "endpoint": "/v1/embeddings", "completion_window": "24h"});
        let answer = json(&batch(&body, None, "validating", &seed()));
        assert_eq!((&answer["status"], &answer["output_file_id"]), (&json!("validating"), &Value::Null));
        assert_eq!(answer["input_file_id"], "file-1");
        let answer = json(&batch(&Value::Null, Some("batch_1"), "completed", &seed()));
        assert_eq!(answer["id"], "batch_1");
        assert!(answer["output_file_id"].is_string());
    }
}
