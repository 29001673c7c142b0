//! Where a gateway stands, and whom a request to it as a server is meant for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::exchange::{Request, Scheme};
use super::profiles::{Profile, Service};
use super::server::{Error, Mode, Shared};

/// A request to the gateway as a server, turned into one to the provider that is meant: named by the first segment
/// of the path or by the host; else it is Portkey.
pub(super) fn addressed(shared: &Shared, request: Request) -> Request {
    let profiles = shared.mock.profiles();
    let rest = request.path.strip_prefix('/').unwrap_or_default();
    let (segment, rest) = rest.split_once('/').unwrap_or((rest, ""));
    if let Some(profile) = profiles.get(segment) {
        let path = format!("/{rest}");
        return Request { path, ..moved(shared, request, profile) };
    }
    let secure = || profiles.at(&request.host, 443);
    let named = || profiles.at(&request.host, request.port).or_else(secure);
    // At its own address it is itself, also where a provider of this machine has the port by custom.
    let named = if shared.is_self(&request.host, request.port) { None } else { named() };
    if let Some(profile) = named {
        return if profile.hosts.contains(&request.host) {
            Request { scheme: Scheme::Https, port: profile.ports.first().copied().unwrap_or(443), ..request }
        } else {
            request
        };
    }
    match profiles.iter().find(|profile| profile.service == Service::Portkey) {
        Some(portkey) => moved(shared, request, portkey),
        None => request,
    }
}

/// A request at the usual address of a provider.
fn moved(shared: &Shared, request: Request, profile: &Profile) -> Request {
    let (scheme, host, port) = match (profile.hosts.first(), profile.local) {
        (Some(host), false) => (Scheme::Https, host.clone(), profile.ports.first().copied().unwrap_or(443)),
        (host, _) => {
            let host = host.map_or("localhost", String::as_str).to_owned();
            (Scheme::Http, host, profile.ports.first().copied().unwrap_or(shared.address.port()))
        }
    };
    Request { scheme, host, port, ..request }
}

/// Refuses a base URL that leads back to the gateway.
pub(super) fn check_base(mode: &Mode, address: SocketAddr) -> Result<(), Error> {
    let Mode::Url(base) = mode else { return Ok(()) };
    let host = base.host_str().unwrap_or_default();
    match base.port_or_known_default() {
        Some(port) if is_address(address, host, port) => Err(Error::Circle(address)),
        _ => Ok(()),
    }
}

impl Shared {
    /// Whether an address is the gateway's own.
    pub(super) fn is_self(&self, host: &str, port: u16) -> bool {
        is_address(self.address, host, port)
    }
}

/// Whether a host and a port lead to an address on this machine.
fn is_address(address: SocketAddr, host: &str, port: u16) -> bool {
    let host = host.trim_matches(['[', ']']);
    let is_here = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified() || ip == address.ip();
    port == address.port() && (host == "localhost" || host.parse().is_ok_and(is_here))
}

/// Whether a name or an address of a host, without a port, is one that only this machine has.
pub fn is_of_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let is_loopback = |ip: IpAddr| ip.is_loopback();
    host == "localhost" || host.ends_with(".localhost") || host.parse().is_ok_and(is_loopback)
}

/// The address by which a listener is reached; one that listens everywhere is reached by loopback.
pub(super) fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}
