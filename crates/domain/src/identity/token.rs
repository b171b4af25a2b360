//! What a signed token (JWT, RFC 7519) says, once its signature and its times are checked.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Map, Value};

use super::{Refusal, keys::Keys};
use crate::Context;

/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 16 * 1024;

/// The claims of a token whose signature was checked.
#[derive(Clone, Debug)]
pub(super) struct Claims(pub(super) Map<String, Value>);

/// Checks the signature of a token with the keys of its provider. Nothing of what it says is checked yet.
///
/// # Errors
/// [`Refusal::Forged`] when it is none of the provider's.
pub(super) async fn verify(
    context: &Context,
    keys: &Keys,
    token: &str,
    algorithms: &[Algorithm],
) -> Result<Claims, Refusal> {
    if token.len() > TOKEN_MAX {
        return Err(Refusal::Forged);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Forged)?;
    // Extensions that must be understood are not, and a key inside the token proves nothing.
    if !algorithms.contains(&header.alg) || header.crit.is_some() {
        return Err(Refusal::Forged);
    }
    let name = header.kid.unwrap_or_default();
    let key = keys.find(context, &name).await?.ok_or(Refusal::Forged)?;
    let mut rules = Validation::new(header.alg);
    // Times are checked by our own clock, the audience where it is known.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let data = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &rules);
    data.map(|data| Claims(data.claims)).map_err(|_| Refusal::Forged)
}

/// The differences between clocks that are forgiven, and whether the time of issue counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) leeway: Duration,
    pub(super) issued: bool,
}

impl Claims {
    /// Checks `exp` (which must be there), `nbf` and `iat`.
    ///
    /// # Errors
    /// [`Refusal::Ended`] when the token is not valid now.
    pub(super) fn check_times(&self, now: DateTime<Utc>, times: Times) -> Result<(), Refusal> {
        let now = now.timestamp_micros() as f64 / 1e6;
        let leeway = times.leeway.as_secs_f64();
        let time = |name: &str| self.0.get(name).map(|value| value.as_f64().unwrap_or(f64::NAN));
        // Comparisons are written so that what is no number fails.
        let is_running = time("exp").is_some_and(|end| end + leeway > now);
        let has_begun = time("nbf").is_none_or(|start| start - leeway <= now);
        let is_issued = !times.issued || time("iat").is_none_or(|issued| issued - leeway <= now);
        if is_running && has_begun && is_issued { Ok(()) } else { Err(Refusal::Ended) }
    }

    /// The text of a claim, unless it is blank.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(filled)
    }

    /// Whether `aud` names somebody.
    pub(super) fn is_for(&self, audience: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(several)) => several.iter().any(|one| one == audience),
            _ => false,
        }
    }

    /// The id of the person: not blank, and short enough to keep.
    ///
    /// # Errors
    /// [`Refusal::Forged`] without one.
    pub(super) fn subject(&self) -> Result<&str, Refusal> {
        const MAX: usize = 255;
        self.text("sub")
            .filter(|subject| subject.len() <= MAX && !subject.contains('\0'))
            .ok_or(Refusal::Forged)
    }
}

/// A text that is not blank, without the blanks around it.
pub(super) fn filled(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty() && !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_count_with_their_leeway() {
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let times = Times { leeway: Duration::from_secs(10), issued: true };
        for (claims, ok) in [
            (json!({"exp": 1_000_001}), true),
            (json!({"exp": 999_991}), true),
            (json!({"exp": 999_990}), false),
            (json!({"exp": 999_990.5}), true),
            (json!({}), false),
            (json!({"exp": "1000001"}), false),
            (json!({"exp": null}), false),
            (json!({"exp": 1_000_001, "nbf": 1_000_010}), true),
            (json!({"exp": 1_000_001, "nbf": 1_000_011}), false),
            (json!({"exp": 1_000_001, "nbf": "now"}), false),
            (json!({"exp": 1_000_001, "iat": 1_000_011}), false),
        ] {
            let Value::Object(map) = claims.clone() else { unreachable!() };
            assert_eq!(Claims(map).check_times(now, times).is_ok(), ok, "{claims}");
        }
        let Value::Object(early) = json!({"exp": 1_000_001, "iat": 2_000_000}) else { unreachable!() };
        assert!(Claims(early).check_times(now, Times { issued: false, ..times }).is_ok());
    }

    #[test]
    fn an_audience_is_a_text_or_a_list() {
        for (aud, ok) in [
            (json!("a"), true),
            (json!(["b", "a"]), true),
            (json!("ab"), false),
            (json!(["b"]), false),
            (json!(1), false),
        ] {
            let Value::Object(map) = json!({ "aud": aud }) else { unreachable!() };
            assert_eq!(Claims(map).is_for("a"), ok, "{aud}");
        }
    }
}
