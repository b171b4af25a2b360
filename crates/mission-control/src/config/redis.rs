//! Which Redis to use, and how to speak of it without its password.

use std::fmt;

use mc_base::secret::{ExposeSecret as _, SecretString};
use url::Url;

use super::report::{Problem, problem};
use super::variable::{Info, Notes};

/// Where a Redis is. Prints without user and password.
#[derive(Clone)]
pub struct RedisUrl(SecretString);

impl RedisUrl {
    /// The URL with its credentials, for the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query is left out: it may hold a password too.
        let Ok(url) = Url::parse(self.expose()) else { return formatter.write_str("redis://***") };
        write!(formatter, "{}://", url.scheme())?;
        if !url.username().is_empty() || url.password().is_some() {
            formatter.write_str("***@")?;
        }
        formatter.write_str(url.host_str().unwrap_or_default())?;
        if let Some(port) = url.port() {
            write!(formatter, ":{port}")?;
        }
        formatter.write_str(url.path())
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

pub(super) fn redis_url(_: &Info, text: &str, _: &mut Notes) -> Result<RedisUrl, Problem> {
    match redis::Client::open(text) {
        Ok(_) => Ok(RedisUrl(text.into())),
        Err(_) => Err(problem(
            "is no Redis URL",
            "set redis://user:password@host:6379/0, rediss:// for TLS, or unix:///path/to/socket",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    fn load(variables: &[(&str, &str)]) -> Result<(Settings, Vec<String>), String> {
        let base = [("MC_DATA_DIR", "/data")];
        let all = base.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        match Settings::load(all, None) {
            Ok((settings, warnings)) => Ok((settings, warnings.iter().map(ToString::to_string).collect())),
            Err(errors) => Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        }
    }

    #[test]
    fn the_limits_have_a_redis_of_their_own_or_that_of_the_queue() {
        let backend = ("RATE_LIMIT_BACKEND", "redis");
        let queue = ("RQ_REDIS_URL", "redis://queue:6379/0");
        let own = ("RATE_LIMIT_REDIS_URL", "rediss://user:hunter2@own:6380/3?password=hunter2");
        for (variables, expected) in [
            (&[backend, queue][..], ("RQ_REDIS_URL", "redis://queue:6379/0")),
            (&[backend, queue, own], ("RATE_LIMIT_REDIS_URL", "rediss://***@own:6380/3")),
            (&[backend, queue, ("RATE_LIMIT_REDIS_URL", " ")], ("RQ_REDIS_URL", "redis://queue:6379/0")),
            (
                &[backend, ("RATE_LIMIT_REDIS_URL", "unix:///run/redis.sock")],
                ("RATE_LIMIT_REDIS_URL", "unix:///run/redis.sock"),
            ),
        ] {
            let (settings, warnings) = load(variables).unwrap();
            let (name, url) = settings.limits.redis.clone().unwrap();
            assert_eq!((name, url.to_string().as_str()), expected);
            assert_eq!(warnings, [] as [String; 0]);
            assert!(!format!("{settings:?}").contains("hunter2"));
        }
        let error = load(&[backend, ("RQ_REDIS_URL", "localhost:6379 hunter2")]).unwrap_err();
        assert!(error.starts_with("RQ_REDIS_URL: is no Redis URL; set redis://"), "{error}");
        assert!(!error.contains("hunter2"));
    }

    #[test]
    fn without_the_backend_the_addresses_mean_nothing() {
        for name in ["RATE_LIMIT_REDIS_URL", "RQ_REDIS_URL"] {
            let (settings, warnings) = load(&[(name, "anything")]).unwrap();
            assert!(settings.limits.redis.is_none());
            assert_eq!(warnings.len(), 1);
            assert!(warnings[0].starts_with(&format!("{name}: has no effect here")), "{warnings:?}");
        }
    }
}
