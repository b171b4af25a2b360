//! Content negotiation by `Accept-Encoding` (RFC 9110 §12.5.3) among the codings that the console's build makes.

use http::{HeaderMap, HeaderValue, header};

/// How a file is stored beside its plain form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// What the build appends to the name of the coded file.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// The value of `Content-Encoding`; none for the plain form.
    pub(crate) fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }

    fn is_named(self, name: &str) -> bool {
        match self {
            Self::Brotli => name.eq_ignore_ascii_case("br"),
            Self::Gzip => name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip"),
            Self::Identity => name.eq_ignore_ascii_case("identity"),
        }
    }
}

/// The codings that the request accepts, best first; the smallest wins among equals. The plain form is always last or
/// better, even when the request refuses it: a client that refuses everything still gets the file.
pub(crate) fn acceptable(headers: &HeaderMap) -> Vec<Coding> {
    let offered: Vec<(String, u16)> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(offer)
        .collect();
    let quality = |coding: Coding| -> Option<u16> {
        let named = offered.iter().find(|(name, _)| coding.is_named(name));
        let any = offered.iter().find(|(name, _)| name == "*");
        named.or(any).map(|(_, quality)| *quality)
    };
    let mut accepted: Vec<(Coding, u16)> = [Coding::Brotli, Coding::Gzip]
        .into_iter()
        .filter_map(|coding| Some((coding, quality(coding)?)))
        .filter(|(_, quality)| *quality > 0)
        .collect();
    // Not named, the plain form is acceptable but least wanted.
    accepted.push((Coding::Identity, quality(Coding::Identity).unwrap_or(0)));
    accepted.sort_by_key(|(_, quality)| std::cmp::Reverse(*quality));
    accepted.into_iter().map(|(coding, _)| coding).collect()
}

/// One item: the name of a coding and its quality in thousandths. An unreadable quality drops the item.
fn offer(item: &str) -> Option<(String, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let mut quality = 1000;
    for parameter in parts {
        if let Some((key, value)) = parameter.split_once('=')
            && key.trim().eq_ignore_ascii_case("q")
        {
            quality = thousandths(value.trim())?;
        }
    }
    Some((name, quality))
}

/// `qvalue` of RFC 9110 §12.4.2: 0 to 1 with at most three decimals.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", _) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(values: &[&'static str]) -> Vec<Coding> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        acceptable(&headers)
    }

    #[test]
    fn codings_are_ordered_by_quality_and_then_by_size() {
        use Coding::{Brotli, Gzip, Identity};
        let cases: &[(&[&'static str], &[Coding])] = &[
            (&[], &[Identity]),
            (&[""], &[Identity]),
            (&["gzip, deflate, br, zstd"], &[Brotli, Gzip, Identity]),
            (&["GZIP"], &[Gzip, Identity]),
            (&["x-gzip"], &[Gzip, Identity]),
            (&["br;q=0.5, gzip;q=0.8"], &[Gzip, Brotli, Identity]),
            (&["br;q=0, gzip"], &[Gzip, Identity]),
            (&["br;q=0.000"], &[Identity]),
            (&["*"], &[Brotli, Gzip, Identity]),
            (&["*;q=0"], &[Identity]),
            (&["br;q=0, *;q=0.1"], &[Gzip, Identity]),
            (&["identity, gzip;q=0.5"], &[Identity, Gzip]),
            (&["identity;q=0, gzip;q=0.1"], &[Gzip, Identity]),
            (&["gzip", "br"], &[Brotli, Gzip, Identity]),
            (&["br ; Q=1.000 , gzip ; q=0.9"], &[Brotli, Gzip, Identity]),
            (&["br;q=2, gzip;q=zero, *;q=0.1234"], &[Identity]),
            (&["deflate"], &[Identity]),
        ];
        for (values, expected) in cases {
            assert_eq!(accepted(values), *expected, "{values:?}");
        }
    }

    #[test]
    fn qualities_follow_the_grammar() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.25", Some(250)),
            ("1", Some(1000)),
            ("1.001", None),
            ("-0", None),
            ("", None),
        ] {
            assert_eq!(thousandths(text), expected, "{text}");
        }
    }
}
