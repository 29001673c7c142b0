//! Pictures and sounds that are made up: small, valid, and the same for the same request.

use super::seed::Seed;

/// A picture of one pixel whose colour follows from the seed, as PNG (W3C PNG specification, third edition).
pub(super) fn picture(seed: &Seed) -> Vec<u8> {
    let number = seed.number().to_le_bytes();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    // One pixel wide and high, eight bits a channel, red, green and blue.
    chunk(&mut bytes, *b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
    let row = [0, number[0], number[1], number[2]];
    // A stream of zlib with one stored block (RFC 1950, RFC 1951).
    let mut data = vec![0x78, 0x01, 0x01, 4, 0, !4, !0];
    data.extend_from_slice(&row);
    data.extend_from_slice(&adler(&row).to_be_bytes());
    chunk(&mut bytes, *b"IDAT", &data);
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or_default();
    bytes.extend_from_slice(&length.to_be_bytes());
    let start = bytes.len();
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(data);
    let sum = crc(bytes.get(start..).unwrap_or_default());
    bytes.extend_from_slice(&sum.to_be_bytes());
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fn adler(bytes: &[u8]) -> u32 {
    let (mut one, mut two) = (1_u32, 0_u32);
    for byte in bytes {
        one = (one + u32::from(*byte)) % 65_521;
        two = (two + one) % 65_521;
    }
    (two << 16) | one
}

/// A tenth of a second of silence, as WAV: one channel, 16 bits, 8,000 samples a second.
pub(super) fn silence() -> Vec<u8> {
    let samples = vec![0_u8; 1600];
    let size = u32::try_from(samples.len()).unwrap_or_default();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(36 + size).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16_u32.to_le_bytes());
    bytes.extend_from_slice(&[1, 0, 1, 0]);
    bytes.extend_from_slice(&8000_u32.to_le_bytes());
    bytes.extend_from_slice(&16_000_u32.to_le_bytes());
    bytes.extend_from_slice(&[2, 0, 16, 0]);
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&samples);
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::seed::tests::request;
    use super::*;

    #[test]
    fn the_end_of_a_picture_has_the_sum_that_everybody_knows() {
        let picture = picture(&Seed::of(&request("")));
        assert!(picture.ends_with(b"\0\0\0\0IEND\xAE\x42\x60\x82"));
        assert_eq!(adler(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn silence_says_how_long_it_is() {
        let bytes = silence();
        assert_eq!(bytes.len(), 44 + 1600);
        assert_eq!(bytes[40..44], 1600_u32.to_le_bytes());
    }
}
