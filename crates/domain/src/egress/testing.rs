//! A real HTTP server on loopback, for tests of this crate and of the HTTP layer.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use url::Url;

use super::HttpEgress;

/// How long a connection of a test may stand still.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server answers on one path.
#[derive(Clone, Debug)]
pub struct Page {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The length is declared, then the body follows.
    Whole,
    /// The length is not declared; the connection ends with the body.
    Undeclared,
    /// The body follows, and then nothing until the client gives up.
    Stalled,
}

impl Page {
    /// An answer with a declared length.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), ending: Ending::Whole }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a declared length.
    #[must_use]
    pub fn undeclared(self) -> Self {
        Self { ending: Ending::Undeclared, ..self }
    }

    /// The same, but the answer never ends.
    #[must_use]
    pub fn stalled(self) -> Self {
        Self { ending: Ending::Stalled, ..self }
    }
}

#[derive(Debug, Default)]
struct State {
    pages: HashMap<String, Page>,
    requests: Vec<String>,
}

/// A server of pages on a free port of 127.0.0.1; ends when it is dropped.
#[derive(Debug)]
pub struct LoopbackServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stopped: Arc<AtomicBool>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LoopbackServer {
    /// Starts a server without pages: it answers 404 to everything.
    ///
    /// # Panics
    /// When loopback has no free port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (state, stopped) = (Arc::new(Mutex::new(State::default())), Arc::new(AtomicBool::new(false)));
        let server = Self { address, state: state.clone(), stopped: stopped.clone() };
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let state = state.clone();
                // A client that breaks off is its own affair.
                thread::spawn(move || drop(serve(connection, &state)));
            }
        });
        server
    }

    /// Sets what a path answers from now on.
    pub fn page(&self, path: &str, page: Page) {
        lock(&self.state).pages.insert(path.to_owned(), page);
    }

    /// The requests so far: each with its head and its body.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }

    /// How often a path was asked for.
    #[must_use]
    pub fn count(&self, path: &str) -> usize {
        let line = format!("GET {path} ");
        lock(&self.state).requests.iter().filter(|head| head.starts_with(&line)).count()
    }

    /// The address of the server, without a path.
    ///
    /// # Panics
    /// Never: a socket address makes a URL.
    #[must_use]
    pub fn url(&self) -> Url {
        format!("http://{}", self.address).parse().expect("a socket address makes a URL")
    }

    /// A way out to this server and to the public internet.
    ///
    /// # Panics
    /// When TLS cannot be set up.
    #[must_use]
    pub fn egress(&self) -> HttpEgress {
        HttpEgress::new(&[self.url()]).expect("TLS can be set up")
    }
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees the flag.
        drop(TcpStream::connect(self.address));
    }
}

fn serve(mut connection: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut head = Vec::new();
    let mut byte = [0_u8];
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body)?;
    let head = head + &String::from_utf8_lossy(&body);
    let page = {
        let mut state = lock(state);
        state.requests.push(head);
        state.pages.get(&path).cloned().unwrap_or_else(|| Page::new(404, "not here"))
    };
    let mut answer = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", page.status);
    for (name, value) in &page.headers {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    match page.ending {
        Ending::Whole => answer.push_str(&format!("content-length: {}\r\n", page.body.len())),
        Ending::Stalled => answer.push_str(&format!("content-length: {}\r\n", page.body.len() + 1)),
        Ending::Undeclared => {}
    }
    answer.push_str("\r\n");
    connection.write_all(answer.as_bytes())?;
    connection.write_all(&page.body)?;
    if page.ending == Ending::Stalled {
        // Ends when the client closes the connection.
        let _ = connection.read(&mut byte)?;
    }
    Ok(())
}
