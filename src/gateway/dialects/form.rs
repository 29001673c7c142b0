//! Bodies of several parts (`multipart/form-data`, RFC 7578), read as an object of texts.

use serde_json::{Map, Value, json};

/// So many parts are read at most.
const MOST_PARTS: usize = 256;

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Part {
    /// The name of the field.
    pub(in crate::gateway) name: String,
    /// The name of the file, where it is one.
    pub(in crate::gateway) file: Option<String>,
    /// The type of its content, where it is said.
    pub(in crate::gateway) kind: Option<String>,
    /// What the part holds.
    pub(in crate::gateway) content: Vec<u8>,
}

/// The fields of a form by their names; a file is an object with its name, its type and its size. A name that ends in `[]`, or that
/// comes several times, is a list. An error is what is wrong with the form, in a few words.
pub(in crate::gateway) fn read(kind: &str, body: &[u8]) -> Result<Value, &'static str> {
    parts(kind, body).map(|parts| fields(&parts))
}

/// The fields of a form that was read.
pub(in crate::gateway) fn fields(parts: &[Part]) -> Value {
    let mut fields = Map::new();
    for part in parts {
        add(&mut fields, part);
    }
    Value::Object(fields)
}

/// The parts of a form in their order; those without a name are left out.
pub(in crate::gateway) fn parts(kind: &str, body: &[u8]) -> Result<Vec<Part>, &'static str> {
    let boundary = boundary(kind).ok_or("the content type names no boundary")?;
    let mark = format!("--{boundary}");
    let mut rest = split(body, mark.as_bytes()).ok_or("the body does not begin with its boundary")?.1;
    let mut parts = Vec::new();
    for _ in 0..MOST_PARTS {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let part = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"));
        let part = part.ok_or("a boundary is not at the end of its line")?;
        let (part, behind) =
            split(part, format!("\n{mark}").as_bytes()).ok_or("the body does not end with its boundary")?;
        rest = behind;
        let part = part.strip_suffix(b"\r").unwrap_or(part);
        let (head, content) =
            split(part, b"\r\n\r\n").or_else(|| split(part, b"\n\n")).ok_or("a part has no head")?;
        parts.extend(one(&String::from_utf8_lossy(head), content));
    }
    Err("the body has too many parts")
}

/// The parts of a form whose boundary is not told, but stands in its first line.
pub(in crate::gateway) fn undeclared(body: &[u8]) -> Option<Vec<Part>> {
    let (line, _) = split(body.strip_prefix(b"--")?, b"\n")?;
    let boundary = std::str::from_utf8(line).ok()?.trim_end();
    parts(&format!("multipart/form-data; boundary={boundary}"), body).ok().filter(|parts| !parts.is_empty())
}

/// A form as it is sent: its content type, and its body. The boundary follows from what the form holds.
pub(in crate::gateway) fn written(parts: &[Part]) -> (String, Vec<u8>) {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.name.as_bytes()).update(&[0]).update(&part.content).update(&[0]);
    }
    let digits = hasher.finalize().as_bytes().iter().take(12).fold(String::new(), |mut digits, byte| {
        digits.push(char::from(b'0' + byte % 10));
        digits
    });
    let boundary = format!("----formdata-undici-{digits}");
    let mut body = Vec::new();
    for part in parts {
        let name = escaped(&part.name);
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        if let Some(file) = &part.file {
            let kind = part.kind.as_deref().unwrap_or("text/plain");
            head = format!("{head}; filename=\"{}\"\r\nContent-Type: {kind}", escaped(file));
        }
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A name between quotes, as the WHATWG's standard of forms writes it.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\n', "%0A").replace('\r', "%0D")
}

/// What stands between the parts.
fn boundary(kind: &str) -> Option<&str> {
    let (media, parameters) = kind.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let found = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    found.filter(|boundary| !boundary.is_empty())
}

/// A part; none where it has no name.
fn one(head: &str, content: &[u8]) -> Option<Part> {
    let line = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let disposition = line("content-disposition").unwrap_or_default();
    let parameter = |wanted: &str| {
        disposition.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            (name.trim() == wanted).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    Some(Part {
        name: parameter("name")?,
        file: parameter("filename"),
        kind: line("content-type").map(str::to_owned),
        content: content.to_vec(),
    })
}

fn add(fields: &mut Map<String, Value>, part: &Part) {
    let value = match &part.file {
        Some(file) => {
            let kind = part.kind.as_deref().unwrap_or("application/octet-stream");
            json!({"filename": file, "content_type": kind, "bytes": part.content.len()})
        }
        None => Value::String(String::from_utf8_lossy(&part.content).into_owned()),
    };
    let list = part.name.ends_with("[]");
    let name = part.name.trim_end_matches("[]").to_owned();
    match fields.get_mut(&name) {
        Some(Value::Array(values)) => values.push(value),
        Some(first) => {
            let values = vec![first.take(), value];
            *first = Value::Array(values);
        }
        None => {
            fields.insert(name, if list { Value::Array(vec![value]) } else { value });
        }
    }
}

/// What stands before and behind the first mark.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=XX";

    #[test]
    fn fields_and_files_are_told_apart() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
            --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nab\r\n\r\n\r\n--XX--\r\n";
        let expected = json!({"model": "whisper-1", "file": {"filename": "a.mp3", "content_type": "audio/mpeg", "bytes": 6}});
        assert_eq!(read(KIND, body.as_bytes()), Ok(expected));
    }

    #[test]
    fn a_name_that_comes_again_is_a_list() {
        let part = |value: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name=\"include[]\"\r\n\r\n{value}\r\n")
        };
        let body = format!("{}{}--XX--", part("a"), part("b"));
        assert_eq!(read(KIND, body.as_bytes()), Ok(json!({"include": ["a", "b"]})));
    }

    #[test]
    fn a_form_that_is_written_is_read_again() {
        let part = |name: &str, file: Option<&str>, kind: Option<&str>| Part {
            name: name.to_owned(),
            file: file.map(str::to_owned),
            kind: kind.map(str::to_owned),
            content: b"a\r\n--b\xff".to_vec(),
        };
        let form = [part("model", None, None), part("file", Some("a.mp3"), Some("audio/mpeg"))];
        let (kind, body) = written(&form);
        assert_eq!(parts(&kind, &body), Ok(form.to_vec()));
    }

    #[test]
    fn a_form_without_a_boundary_says_so() {
        assert!(read("multipart/form-data", b"").is_err());
        assert!(read("application/json", b"{}").is_err());
        assert!(read(KIND, b"--XX\r\nabc").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in "(--XX(\r\n|\n|--)?|[^-]{0,9}|name=\"a\"|: ){0,12}") {
            let _ = read(KIND, body.as_bytes());
        }
    }
}
