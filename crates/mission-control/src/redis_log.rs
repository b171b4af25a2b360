//! Rate limits that all processes of an installation count together, in Redis.

use std::{
    fmt,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use mc_api::{Attempt, Counting, SharedLog, Verdict};
use mc_base::Clock;
use redis::{Client, Script, aio::MultiplexedConnection};

use crate::config::RedisUrl;

/// The longest that the start waits for Redis.
const START: Duration = Duration::from_secs(5);
/// The longest that a request waits for a count; more would make a slow Redis a slow server.
const ANSWER: Duration = Duration::from_millis(500);
/// The pause between a failure and the next attempt to connect; nobody waits for that one.
const RETRY: Duration = Duration::from_secs(2);
/// How often a Redis that stays away is spoken of.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Counts one attempt, or only looks, in one step and by the clock of Redis: processes need not agree on the time.
///
/// The key is a sorted set of the times of attempts, in microseconds. `%.0f` keeps their last digits, which Lua's own
/// conversion to text would drop.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local max, window, records = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
        local is_allowed = redis.call('ZCARD', KEYS[1]) < max
        if records then
            if not is_allowed then redis.call('ZPOPMIN', KEYS[1]) end
            local at = now
            while redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', at), string.format('%.0f', at)) == 0 do
                at = at + 1
            end
            redis.call('PEXPIRE', KEYS[1], string.format('%.0f', window / 1000 + 1000))
        end
        if is_allowed then return -1 end
        local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        return math.max(0, oldest[2] + window - now)
        ",
    )
});

/// A count in Redis. Where it fails it stays out of the way for a moment, and the limits of each process hold.
#[derive(Clone)]
pub(crate) struct RedisLog(Arc<Inner>);

struct Inner {
    client: Client,
    clock: Clock,
    link: Mutex<Link>,
}

struct Link {
    connection: Option<MultiplexedConnection>,
    /// When to try to connect again.
    retry_at: Duration,
    /// When the absence was last spoken of.
    warned_at: Option<Duration>,
}

impl fmt::Debug for RedisLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisLog").finish_non_exhaustive()
    }
}

impl RedisLog {
    /// Connects, and makes sure that Redis answers.
    ///
    /// # Errors
    /// When it does not; the text names the variable that the address came from.
    pub(crate) async fn connect(name: &str, url: &RedisUrl, clock: Clock) -> anyhow::Result<Self> {
        let refused =
            || format!("{name}: {url} does not answer; check the address, the credentials and that it runs");
        let client = Client::open(url.expose()).with_context(refused)?;
        let greeting = async {
            let mut connection = client.get_multiplexed_async_connection().await?;
            redis::cmd("PING").query_async::<String>(&mut connection).await?;
            Ok::<_, redis::RedisError>(connection)
        };
        let connection =
            tokio::time::timeout(START, greeting).await.with_context(refused)?.with_context(refused)?;
        let link = Link { connection: Some(connection), retry_at: Duration::ZERO, warned_at: None };
        Ok(Self(Arc::new(Inner { client, clock, link: Mutex::new(link) })))
    }

    async fn count(&self, attempt: Attempt<'_>, records: bool) -> Option<Verdict> {
        let mut connection = self.connection()?;
        let mut call = COUNT.key(format!("ratelimit:{}:{}", attempt.limit, attempt.key));
        call.arg(attempt.max).arg(attempt.window.as_micros().to_string()).arg(u8::from(records));
        match tokio::time::timeout(ANSWER, call.invoke_async::<i64>(&mut connection)).await {
            Ok(Ok(micros)) => Some(match u64::try_from(micros) {
                Ok(micros) => Verdict::Refused(Duration::from_micros(micros)),
                Err(_) => Verdict::Allowed,
            }),
            Ok(Err(error)) => self.failed(error.category()),
            Err(_) => self.failed("no answer in time"),
        }
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.0.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, unless Redis is away. Now and then a task of its own tries to connect again.
    fn connection(&self) -> Option<MultiplexedConnection> {
        let now = self.0.clock.monotonic();
        let mut link = self.link();
        if link.connection.is_none() && now >= link.retry_at {
            link.retry_at = now + START + RETRY;
            let log = self.clone();
            tokio::spawn(async move { log.reconnect().await });
        }
        link.connection.clone()
    }

    async fn reconnect(&self) {
        let connecting = self.0.client.get_multiplexed_async_connection();
        match tokio::time::timeout(START, connecting).await {
            Ok(Ok(connection)) => {
                let mut link = self.link();
                link.connection = Some(connection);
                link.warned_at = None;
                tracing::info!("rate_limit.redis.restored");
            }
            Ok(Err(error)) => drop(self.failed(error.category())),
            Err(_) => drop(self.failed("no answer in time")),
        }
    }

    /// Takes note of a failure, and warns of it once a minute.
    fn failed(&self, error: &str) -> Option<Verdict> {
        let now = self.0.clock.monotonic();
        let mut link = self.link();
        link.connection = None;
        link.retry_at = now + RETRY;
        if link.warned_at.is_none_or(|at| now >= at + WARN_EVERY) {
            link.warned_at = Some(now);
            tracing::warn!(error, "rate_limit.redis.unavailable");
        }
        None
    }
}

impl SharedLog for RedisLog {
    fn record<'a>(&'a self, attempt: Attempt<'a>) -> Counting<'a> {
        Box::pin(self.count(attempt, true))
    }

    fn look<'a>(&'a self, attempt: Attempt<'a>) -> Counting<'a> {
        Box::pin(self.count(attempt, false))
    }
}

#[cfg(test)]
mod tests;
