//! Between the methods of the client library and the port: the library's calls go through the port, and the port's
//! failures become the library's errors again.

use std::{
    sync::{
        Arc, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mc_openclaw::{Error, GatewayError as Refused, Hello, Refusal, Stage};
use serde_json::Value;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use super::port::{Failure, GatewayError, GatewayPort, Target};

/// How often a gateway that went away in the middle of a use case is asked whether it is back.
const RETURN_STEP: Duration = Duration::from_millis(250);

/// A gateway behind the port, as the client library wants it.
pub(super) struct Bridge<'a> {
    port: &'a dyn GatewayPort,
    target: &'a Target,
    config_turn: Mutex<()>,
    /// Whether the gateway has answered before: only then is it worth waiting for.
    has_answered: AtomicBool,
    /// The last failure that the port put into words itself, and the words of the library for it.
    own_words: std::sync::Mutex<Option<(GatewayError, String)>>,
}

impl<'a> Bridge<'a> {
    pub(super) fn new(port: &'a dyn GatewayPort, target: &'a Target) -> Self {
        Self {
            port,
            target,
            config_turn: Mutex::new(()),
            has_answered: AtomicBool::new(false),
            own_words: std::sync::Mutex::default(),
        }
    }

    /// The failure of a method, in the port's own words where it has found them.
    pub(super) fn failure(&self, error: Error) -> GatewayError {
        match self.own_words().take() {
            Some((own, text)) if text == error.to_string() => own,
            _ => error.into(),
        }
    }

    fn own_words(&self) -> MutexGuard<'_, Option<(GatewayError, String)>> {
        self.own_words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn library_error(&self, error: GatewayError, method: &str) -> Error {
        if let Some(cause) = error.cause {
            return *cause;
        }
        let translated = translate(&error, method);
        *self.own_words() = Some((error, translated.to_string()));
        translated
    }
}

impl mc_openclaw::Rpc for Bridge<'_> {
    async fn request(&self, method: &str, params: Value, limit: Duration) -> Result<Value, Error> {
        match timeout(limit, self.port.request(self.target, method, params)).await {
            Ok(Ok(answer)) => {
                self.has_answered.store(true, Ordering::Relaxed);
                Ok(answer)
            }
            Ok(Err(error)) => Err(self.library_error(error, method)),
            // Whether it was sent is not known, so that it must be taken as sent.
            Err(_) => Err(Error::Timeout { what: method.to_owned(), limit, sent: true }),
        }
    }

    fn config_turn(&self) -> &Mutex<()> {
        &self.config_turn
    }

    async fn ready(&self, limit: Duration) -> Result<Arc<Hello>, Error> {
        let until = Instant::now() + limit;
        loop {
            let error = match timeout(limit, self.port.hello(self.target)).await {
                Ok(Ok(hello)) => {
                    self.has_answered.store(true, Ordering::Relaxed);
                    return Ok(hello);
                }
                Ok(Err(error)) => error,
                Err(_) => return Err(Error::Timeout { what: "connect".to_owned(), limit, sent: false }),
            };
            let is_worth_it = self.has_answered.load(Ordering::Relaxed) && error.is_transient();
            if !is_worth_it || Instant::now() + RETURN_STEP >= until {
                return Err(self.library_error(error, "connect"));
            }
            sleep(RETURN_STEP).await;
        }
    }
}

/// The error of the library that means the same as a failure without a cause.
fn translate(error: &GatewayError, method: &str) -> Error {
    let message = error.message.clone();
    let refusal = match error.failure {
        Failure::Unreachable => return Error::NotConnected(message),
        Failure::Tls => return Error::Unreachable { stage: Stage::Tls, message },
        Failure::Timeout => {
            return Error::Timeout { what: method.to_owned(), limit: Duration::ZERO, sent: true };
        }
        Failure::Protocol => return Error::Protocol(message),
        Failure::Auth => Refusal::Unauthorized,
        Failure::PairingRequired => Refusal::PairingRequired,
        Failure::ScopeMissing => Refusal::MissingScope,
        Failure::NotFound if method.starts_with("agents.") => Refusal::AgentNotFound,
        Failure::NotFound => Refusal::SessionNotFound,
        Failure::Conflict if method == "agents.create" => Refusal::AlreadyExists,
        Failure::Conflict => Refusal::Conflict,
        Failure::Unsupported if method.starts_with("agents.files.") => Refusal::UnsupportedFile,
        Failure::Unsupported => Refusal::UnknownMethod,
        Failure::Busy => Refusal::Unavailable,
        Failure::Refused => Refusal::Other,
    };
    Error::Refused(Box::new(Refused {
        code: String::new(),
        message,
        details: None,
        retryable: error.failure == Failure::Busy,
        retry_after: error.retry_after,
        refusal,
    }))
}
