//! Invokes the functions of custom resources as CloudFormation does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};
use souk_e2e::Json;

use crate::world::World;

/// Asks a function to make its resource, and asserts that it did.
pub(crate) fn make(world: &World, function: &str, properties: &Value) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/response", listener.local_addr().expect("an address"));
    let response = thread::spawn(move || receive(&listener));
    let mut properties = properties.clone();
    properties["ServiceToken"] = "arn".into();
    let request = json!({
        "RequestType": "Create",
        "ResponseURL": url,
        "StackId": "stack",
        "RequestId": "request",
        "ResourceType": "Custom::Tested",
        "LogicalResourceId": "Tested",
        "ResourceProperties": properties,
    });
    world.shop.invoke(function, &request);
    let response = response.join().expect("the function responds");
    assert_eq!(response.text("Status"), "SUCCESS", "{function}: {response}");
}

/// Accepts one request and returns its body.
fn receive(listener: &TcpListener) -> Json {
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").expect("a response");
    Json::parse(&String::from_utf8_lossy(&body)).expect("JSON")
}
