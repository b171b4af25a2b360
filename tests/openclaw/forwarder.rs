//! A reverse proxy that makes a gateway on this machine take us for somebody far away.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// The address that the gateway is told. It is nobody's.
const FAR_AWAY: &str = "198.51.100.7";

/// Forwards connections to a port of the loopback interface, for as long as the test program runs, and adds
/// `X-Forwarded-For` to the first request of each. Gives its own address.
pub(crate) fn forward_to(port: u16) -> SocketAddr {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback interface");
    let address = listener.local_addr().expect("a bound socket has an address");
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || forward(client, port));
        }
    });
    address
}

/// One connection, until either side ends it.
fn forward(client: TcpStream, port: u16) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let (mut to_server, mut from_server) = (server.try_clone()?, server);
    let mut to_client = client.try_clone()?;
    thread::spawn(move || {
        // However it ended, the other side is to notice.
        let _ = io::copy(&mut from_server, &mut to_client);
        to_client.shutdown(Shutdown::Both)
    });
    let mut from_client = BufReader::new(client);
    let mut first = String::new();
    from_client.read_line(&mut first)?;
    write!(to_server, "{first}X-Forwarded-For: {FAR_AWAY}\r\n")?;
    let _ = io::copy(&mut from_client, &mut to_server);
    to_server.shutdown(Shutdown::Both)
}
