//! A proxy that breaks connections between a client of this process and a real server.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// Maximum connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// A fault of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// None: the proxy forwards everything.
    None,
    /// The port is closed, and so are existing connections.
    Refuse,
    /// Connections are accepted, and requests get no response.
    Hang,
    /// Requests are forwarded; each response is cut off in the middle.
    Cut,
    /// Each part of a response is delayed by this time.
    Slow(Duration),
    /// Every request is answered with this HTTP status and `{}`, without calling the server.
    Status(u16),
}

/// A TCP proxy on 127.0.0.1.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
}

impl Proxy {
    /// A proxy for the server at a URL or `host:port`, which need not run.
    pub async fn to(target: &str) -> Self {
        let target = target.split_once("://").map_or(target, |(_, rest)| rest).trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (fault, faults) = watch::channel(Fault::None);
        tokio::spawn(serve(listener, address, target, faults));
        Self { address, fault }
    }

    /// `127.0.0.1:port`
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Sets the fault of new and existing connections.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

/// Serves until the proxy is dropped.
async fn serve(listener: TcpListener, address: SocketAddr, target: String, mut faults: watch::Receiver<Fault>) {
    let mut listener = Some(listener);
    loop {
        let fault = *faults.borrow_and_update();
        if fault == Fault::Refuse {
            listener = None;
            if faults.changed().await.is_err() {
                return;
            }
            continue;
        }
        let listening = listener.get_or_insert_with(|| listen(address));
        tokio::select! {
            changed = faults.changed() => if changed.is_err() { return },
            accepted = listening.accept() => if let Ok((client, _)) = accepted {
                tokio::spawn(relay(client, target.clone(), faults.clone()));
            },
        }
    }
}

/// Listens on the same port again, although earlier connections may still use it.
fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("reusable");
    socket.bind(address).expect("the port is still ours");
    socket.listen(BACKLOG).expect("it listens")
}

async fn relay(mut client: TcpStream, target: String, mut faults: watch::Receiver<Fault>) {
    let mut server = TcpStream::connect(&target).await.ok();
    let (mut from_client, mut from_server) = ([0; 16 * 1024], [0; 16 * 1024]);
    loop {
        let fault = *faults.borrow_and_update();
        let answer = async {
            match &mut server {
                Some(server) => server.read(&mut from_server).await.unwrap_or(0),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = faults.changed() => {
                // Data was lost, so the connection cannot continue without the fault.
                if changed.is_err() || matches!(*faults.borrow(), Fault::None | Fault::Refuse) {
                    return;
                }
            }
            read = client.read(&mut from_client) => {
                let read = read.unwrap_or(0);
                if read == 0 || !request(&from_client[..read], fault, &mut client, server.as_mut()).await {
                    return;
                }
            }
            read = answer => {
                if read == 0 || !response(&from_server[..read], fault, &mut client).await {
                    return;
                }
            }
        }
    }
}

/// Forwards a part of a request, unless a fault prevents it. `false` ends the connection.
async fn request(piece: &[u8], fault: Fault, client: &mut TcpStream, server: Option<&mut TcpStream>) -> bool {
    match (fault, server) {
        (Fault::Hang, _) => true,
        (Fault::Status(status), _) => {
            let head = format!("HTTP/1.1 {status} Fault\r\ncontent-type: application/json\r\n");
            let answer = format!("{head}content-length: 2\r\nconnection: close\r\n\r\n{{}}");
            client.write_all(answer.as_bytes()).await.ok();
            false
        }
        (_, Some(server)) => server.write_all(piece).await.is_ok(),
        (_, None) => false,
    }
}

/// Forwards a part of a response, unless a fault prevents it. `false` ends the connection.
async fn response(piece: &[u8], fault: Fault, client: &mut TcpStream) -> bool {
    match fault {
        Fault::Hang => true,
        Fault::Cut => {
            client.write_all(&piece[..piece.len() / 2]).await.ok();
            false
        }
        Fault::Slow(delay) => {
            tokio::time::sleep(delay).await;
            client.write_all(piece).await.is_ok()
        }
        _ => client.write_all(piece).await.is_ok(),
    }
}
