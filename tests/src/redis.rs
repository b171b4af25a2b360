//! A Redis for one test.

use std::{
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

use tempfile::TempDir;

use crate::{LIMIT, POLL, free_port};

/// A `redis-server` on a free port that keeps nothing. Dropped, it is killed.
pub struct Redis {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Redis {
    /// Starts one and waits until it listens.
    #[must_use]
    pub fn start() -> Self {
        let port = free_port();
        let folder = tempfile::Builder::new().prefix("mc-redis-").tempdir().expect("a temporary folder");
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let redis = Self { child, port, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(started.elapsed() < LIMIT, "redis-server does not listen");
            thread::sleep(POLL);
        }
        redis
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended already; there is nothing left to do then.
        if self.child.kill().is_ok() {
            self.child.wait().expect("a killed child ends");
        }
    }
}
