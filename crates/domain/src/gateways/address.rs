//! Where gateways may be. They stand on private networks as a rule; what no gateway can be is refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Addresses at which clouds hand out credentials, besides the link-local one.
const METADATA_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
/// Names of such addresses.
const METADATA_NAMES: [&str; 2] = ["metadata.google.internal", "metadata.goog"];

/// Whether a connection to a gateway may go to this address. To be asked of the address that a name resolves to.
#[must_use]
pub fn is_allowed(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => is_allowed_v4(four),
        IpAddr::V6(six) => {
            let is_refused = six.is_unspecified()
                || six.is_multicast()
                || six.is_unicast_link_local()
                || six == METADATA_V6
                || embedded_v4(six).is_some_and(|four| !is_allowed_v4(four));
            !is_refused
        }
    }
}

fn is_allowed_v4(four: Ipv4Addr) -> bool {
    // All of 0.0.0.0/8 is "this host" to some systems.
    let is_refused = four.octets()[0] == 0
        || four.is_multicast()
        || four.is_broadcast()
        || four.is_link_local()
        || METADATA_V4.contains(&four);
    !is_refused
}

/// The address behind a NAT64 (64:ff9b::/96) or a 6to4 (2002::/16) one.
fn embedded_v4(six: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = six.segments();
    let four = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(four(high, low)),
        [0x2002, high, low, ..] => Some(four(high, low)),
        _ => None,
    }
}

/// Reads the address of a gateway.
///
/// # Errors
/// With a sentence that says what is wrong with it; has nothing of the text in it.
pub fn check_url(text: &str) -> Result<Url, &'static str> {
    let scheme_is_known = ["ws://", "wss://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !scheme_is_known {
        return Err("url must be a ws:// or wss:// address");
    }
    let url = Url::parse(text).map_err(|_| "url must be a ws:// or wss:// address with a host")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("url must not contain a user name or password");
    }
    if url.fragment().is_some() {
        return Err("url must not contain a fragment");
    }
    let allowed = match url.host() {
        None => return Err("url must be a ws:// or wss:// address with a host"),
        Some(Host::Ipv4(address)) => is_allowed(address.into()),
        Some(Host::Ipv6(address)) => is_allowed(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            !METADATA_NAMES.contains(&name.as_str())
        }
    };
    if allowed { Ok(url) } else { Err("url names an address at which no gateway may be") }
}

/// What an administrator should know of a gateway whose certificate is not checked.
pub const INSECURE_TLS: &str = "The gateway's certificate is not checked (allow_insecure_tls): whoever sits between can \
                                read and change everything.";

/// What an administrator should know of this address.
#[must_use]
pub fn warning(text: &str) -> Option<&'static str> {
    const CLEAR: &str = "The connection is not encrypted (ws://): the token and the secrets of agents travel in clear text. \
                         Use wss:// unless the network between is trusted.";
    let url = Url::parse(text).ok()?;
    if url.scheme() != "ws" {
        return None;
    }
    let is_near = match url.host()? {
        Host::Ipv4(address) => is_near_v4(address),
        Host::Ipv6(address) => match address.to_canonical() {
            IpAddr::V4(four) => is_near_v4(four),
            IpAddr::V6(six) => six.is_loopback() || six.is_unique_local(),
        },
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    };
    (!is_near).then_some(CLEAR)
}

fn is_near_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_normal_and_some_are_refused() {
        for (address, allowed) in [
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("192.168.1.1", true),
            ("172.16.0.1", true),
            ("100.64.0.1", true),
            ("203.0.113.5", true),
            ("::1", true),
            ("fd12::1", true),
            ("2001:db8::1", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("169.254.169.254", false),
            ("169.254.1.1", false),
            ("100.100.100.200", false),
            ("192.0.0.192", false),
            ("224.0.0.1", false),
            ("239.1.1.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("fd00:ec2::254", false),
            ("::ffff:169.254.169.254", false),
            ("::ffff:10.0.0.1", true),
            ("64:ff9b::a9fe:a9fe", false),
            ("64:ff9b::a00:1", true),
            ("2002:a9fe:a9fe::1", false),
        ] {
            assert_eq!(is_allowed(address.parse().unwrap()), allowed, "{address}");
        }
    }

    #[test]
    fn urls_are_checked() {
        for good in [
            "ws://127.0.0.1:18789",
            "wss://gateway.example:8443/ws?x=1",
            "WSS://Gateway.Example",
            "ws://[::1]:8000/ws",
            "ws://10.0.0.5",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for (bad, fragment) in [
            ("", "ws:// or wss://"),
            ("http://gateway.example", "ws:// or wss://"),
            ("gateway.example:18789", "ws:// or wss://"),
            ("ws:gateway", "ws:// or wss://"),
            ("ws://", "host"),
            ("ws://:80", "host"),
            ("ws://x:99999", "host"),
            ("ws://user@gateway.example", "user name"),
            ("wss://user:secret@gateway.example", "user name"),
            ("ws://gateway.example/#x", "fragment"),
            ("ws://169.254.169.254/latest", "no gateway"),
            ("ws://0xa9fea9fe/", "no gateway"),
            ("ws://2852039166/", "no gateway"),
            ("ws://[fe80::1]/", "no gateway"),
            ("ws://[::ffff:169.254.169.254]/", "no gateway"),
            ("ws://0.0.0.0:80", "no gateway"),
            ("ws://metadata.google.internal./", "no gateway"),
        ] {
            let reason = check_url(bad).unwrap_err();
            assert!(reason.contains(fragment) && !reason.contains("secret"), "{bad}: {reason}");
        }
    }

    #[test]
    fn clear_text_over_a_network_is_warned_of() {
        for (url, warned) in [
            ("ws://127.0.0.1:1", false),
            ("ws://localhost:1", false),
            ("ws://10.0.0.1", false),
            ("ws://[::1]", false),
            ("ws://[fd12::1]", false),
            ("wss://gateway.example", false),
            ("ws://gateway.example", true),
            ("ws://203.0.113.5", true),
            ("ws://[2001:db8::1]", true),
        ] {
            assert_eq!(warning(url).is_some(), warned, "{url}");
        }
    }
}
