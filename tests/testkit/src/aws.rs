//! An AWS service that a test plays itself: what no emulator does, such as throttling or taking half of a batch.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use aws_types::SdkConfig;
use serde_json::Value;

use crate::database;

/// A service of the JSON protocol (SQS, EventBridge, DynamoDB, …) whose answers a test gives.
pub struct FakeAws {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeAws {
    /// Starts. `answer` gets the action (`PutEvents`) and the request, and returns the status and the response.
    pub fn start(answer: impl FnMut(&str, &Value) -> (u16, Value) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&calls);
        let answer = Arc::new(Mutex::new(answer));
        // The threads end with the test's process.
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || {
                    serve(&connection, |action, request| {
                        seen.lock().unwrap_or_else(PoisonError::into_inner).push((action.to_owned(), request.clone()));
                        // A test that fails inside its own answer must not look like a dead service to the next call.
                        answer.lock().unwrap_or_else(PoisonError::into_inner)(action, request)
                    })
                });
            }
        });
        Self { address, calls }
    }

    /// What a client of it is made of.
    pub fn sdk_config(&self) -> SdkConfig {
        database::sdk_config(&format!("http://{}", self.address))
    }

    /// Every call so far: action and request.
    pub fn calls(&self) -> Vec<(String, Value)> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers the requests of one connection until its client closes it.
fn serve(connection: &TcpStream, mut answer: impl FnMut(&str, &Value) -> (u16, Value)) -> Option<()> {
    let mut reader = BufReader::new(connection);
    loop {
        let (mut action, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let Some((name, value)) = line.trim_end().split_once(':') else {
                if line == "\r\n" {
                    break;
                }
                continue; // the request line
            };
            match name.to_ascii_lowercase().as_str() {
                "x-amz-target" => value.rsplit_once('.').map_or("", |(_, action)| action).clone_into(&mut action),
                "content-length" => length = value.trim().parse().ok()?,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let (status, body) = answer(&action, &serde_json::from_slice(&body).unwrap_or_default());
        let body = body.to_string();
        let head = format!("HTTP/1.1 {status} Answer\r\ncontent-type: application/x-amz-json-1.1\r\n");
        let mut writer = connection;
        write!(writer, "{head}content-length: {}\r\n\r\n{body}", body.len()).ok()?;
    }
}
