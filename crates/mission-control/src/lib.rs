//! The executable: command line, configuration, wiring, lifecycle.
//!
//! `main` calls [`cli`], which reads [`config`] and starts one of the commands: `serve` (a server or a worker, put
//! together by `wiring`, stopped by `signals`), `check`, `init`, `migrate`, `backup`, `import`, `jobs`, `gateways` or
//! `demo`. Beside them: `files` (the data directory and the secrets in it), `limits` (open files), `log`, `traces`, and
//! `redis_log` (rate limits that processes share).

mod accept;
mod backup;
mod check;
pub mod cli;
pub mod config;
mod demo;
mod files;
mod gateways;
mod import;
mod init;
mod jobs;
mod limits;
mod log;
mod migrate;
mod redis_log;
mod serve;
mod signals;
mod traces;
mod wiring;
