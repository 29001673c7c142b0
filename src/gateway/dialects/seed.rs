//! What answers are made from: a hash of the request, so that the same request has the same answer.

use crate::gateway::exchange::Request;

/// The hash of a request; headers are left out, since they carry what differs from client to client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed([u8; 32]);

impl Seed {
    /// The seed of a request.
    pub(crate) fn of(request: &Request) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [&request.method, &request.host, &request.path, &request.query] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        hasher.update(&request.body);
        Self(*hasher.finalize().as_bytes())
    }

    /// A seed that follows from this one and a label.
    #[must_use]
    pub(crate) fn derive(&self, label: &str) -> Self {
        Self(*blake3::keyed_hash(&self.0, label.as_bytes()).as_bytes())
    }

    /// An id: the prefix and `length` hexadecimal digits, at most 64.
    pub(crate) fn id(&self, prefix: &str, length: usize) -> String {
        let digits = blake3::Hash::from_bytes(self.derive(prefix).0).to_hex();
        format!("{prefix}{}", digits.get(..length).unwrap_or(&digits))
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&self) -> String {
        let digits = self.id("", 32);
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }

    /// A number that depends on all of the request.
    pub(crate) fn number(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(self.0.get(..8).unwrap_or(&[0; 8]));
        u64::from_le_bytes(first)
    }

    /// A time in seconds since 1970, within 2026.
    pub(crate) fn created(&self) -> u64 {
        1_767_225_600 + self.number() % 28_000_000
    }

    /// A number from -1 to 1, for a place in a list.
    pub(crate) fn fraction(&self, place: usize) -> f64 {
        fraction_of(self.derive(&place.to_string()).number())
    }

    /// So many numbers from -1 to 1.
    pub(crate) fn fractions(&self, count: usize) -> Vec<f64> {
        let mut bytes = vec![0; count * 8];
        blake3::Hasher::new_keyed(&self.0).finalize_xof().fill(&mut bytes);
        let (numbers, _) = bytes.as_chunks::<8>();
        numbers.iter().map(|number| fraction_of(u64::from_le_bytes(*number))).collect()
    }
}

/// A number from -1 to 1, in steps of a millionth.
fn fraction_of(number: u64) -> f64 {
    let number = u32::try_from(number % 2_000_001).unwrap_or_default();
    (f64::from(number) - 1_000_000.0) / 1_000_000.0
}

#[cfg(test)]
pub(in crate::gateway) mod tests {
    use super::*;
    use crate::gateway::exchange::Scheme;

    pub(in crate::gateway) fn request(body: &str) -> Request {
        Request {
            method: "POST".to_owned(),
            scheme: Scheme::Https,
            host: "api.openai.com".to_owned(),
            port: 443,
            path: "/v1/chat/completions".to_owned(),
            query: String::new(),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_same_request_has_the_same_seed() {
        assert_eq!(Seed::of(&request("{}")), Seed::of(&request("{}")));
        assert_ne!(Seed::of(&request("{}")), Seed::of(&request("{ }")));
    }

    #[test]
    fn a_uuid_has_its_version() {
        let uuid = Seed::of(&request("")).uuid();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4');
    }
}
