//! Which base URLs of one's own the gateway refuses.

use std::net::Ipv4Addr;

/// The names of the reader's own machine, which are taken.
const TRUSTED: &[&str] = &["localhost", "127.0.0.1", "host.docker.internal"];

/// Names under which clouds tell machines their secrets.
const METADATA: &[&str] = &["metadata", "metadata.azure.com", "instance-data"];

/// Ends of names that lead nowhere outside of a network.
const INNER: &[&str] = &[
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".test",
    ".invalid",
    ".onion",
];

/// A name has at most so many parts.
const MOST_PARTS: usize = 10;

/// Whether the gateway refuses a base URL of one's own: private and link-local addresses, names that lead nowhere, credentials,
/// addresses in other spellings, and itself (its versions 1.15.2 and 2.2.3, 2026-11-22).
pub fn custom_host_refused(url: &str) -> bool {
    let trimmed = url.trim();
    if trimmed.contains('@') || trimmed.to_lowercase().contains("api.portkey") {
        return true;
    }
    if trimmed.chars().any(char::is_control) {
        return true;
    }
    let Some((scheme, rest)) = trimmed.split_once("://") else { return true };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return true;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // An address in brackets is never taken, whichever it is.
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host = host.to_lowercase();
    let wrong_port = !port.is_empty() && !port.parse::<u16>().is_ok_and(|port| port > 0);
    let letters =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '-');
    if host.is_empty() || !host.chars().all(letters) || host.ends_with('.') {
        return true;
    }
    // URLs know more spellings of an address than four numbers, and mean the same by them.
    let host = address_of(&host).map_or(host, |address| address.to_string());
    let parts: Vec<&str> = host.split('.').collect();
    if parts.len() > MOST_PARTS {
        return true;
    }
    if TRUSTED.contains(&host.as_str()) || host.ends_with(".localhost") {
        return wrong_port;
    }
    METADATA.contains(&host.as_str())
        || INNER.iter().any(|end| host.ends_with(end))
        || is_closed(&host)
        || wrong_port
}

/// Whether a host is an address that is not of the open network, or none in its usual spelling.
fn is_closed(host: &str) -> bool {
    let Ok(address) = host.parse::<Ipv4Addr>() else { return false };
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_link_local()
        || address.is_loopback()
        || first == 0
        || first >= 224
        || (first == 100 && (64..128).contains(&second))
}

/// The address that a host is, in any of the spellings that URLs know: decimal, octal and hexadecimal numbers, one to four of them.
fn address_of(host: &str) -> Option<Ipv4Addr> {
    let number = |part: &str| match part.strip_prefix("0x") {
        Some("") => Some(0),
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u64::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    };
    let numbers: Vec<u64> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last().filter(|(_, first)| first.len() < 4)?;
    let room = 4 - first.len();
    let bound = 1_u64.checked_shl(u32::try_from(room * 8).ok()?)?;
    let fits = *last < bound && first.iter().all(|number| *number < 256);
    let start = first.iter().fold(0, |sum, number| sum * 256 + number);
    let whole = start.checked_mul(bound)?.checked_add(*last).filter(|_| fits)?;
    Some(Ipv4Addr::from(u32::try_from(whole).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(url: &str) {
        assert!(custom_host_refused(url), "{url}");
    }

    #[track_caller]
    fn check_taken(url: &str) {
        assert!(!custom_host_refused(url), "{url}");
    }

    #[test]
    fn public_hosts_and_the_own_machine_are_taken() {
        check_taken("https://llm.example.com/v1");
        check_taken("http://localhost:8000/v1");
        check_taken("http://127.0.0.1:8000");
        check_taken("http://host.docker.internal:11434/v1");
        check_taken("http://gateway.localhost/v1");
        check_taken("http://8.8.8.8/v1");
        check_taken("http://2130706433/v1");
        check_taken("http://0x7f.1/v1");
    }

    #[test]
    fn inner_addresses_are_refused() {
        check_refused("http://10.0.0.5/v1");
        check_refused("http://100.64.1.1/v1");
        check_refused("http://169.254.169.254/v1");
        check_refused("http://224.0.0.1/v1");
        check_refused("http://[::1]/v1");
        check_refused("http://167772165/v1");
        check_refused("http://0xa000005/v1");
    }

    #[test]
    fn inner_names_are_refused() {
        check_refused("http://llm.lan/v1");
        check_refused("http://metadata.google.internal/v1");
        check_refused("http://mock.test/v1");
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        check_refused("localhost:8000");
        check_refused("ftp://files.example.com");
        check_refused("http://u:p@127.0.0.1:1/v1");
        check_refused("https://api.portkey.ai/v1");
        check_refused("http://llm.example.com:70000/v1");
        check_refused("http://llm.example.com./v1");
        check_refused("");
    }
}
