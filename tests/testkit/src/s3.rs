//! A fake S3 bucket in this process, as far as the shop needs it, with fault injection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use sha2::{Digest, Sha256};

use crate::aws_protocol::response;
use crate::database;

/// A fault of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum S3Fault {
    /// This status.
    Status(u16),
    /// A truncated response.
    Cut,
    /// No response.
    Hang,
    /// This status, although the object is written.
    Written(u16),
}

type Faults = Box<dyn FnMut(&str, &str) -> Option<S3Fault> + Send>;

/// A bucket, whatever its name.
#[derive(Clone, Default)]
pub struct FakeS3(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    calls: Vec<(String, String)>,
    faults: Option<Faults>,
}

struct Object {
    content: Vec<u8>,
    etag: String,
}

impl Object {
    fn new(content: Vec<u8>) -> Self {
        let etag = hex::encode(&Sha256::digest(&content)[..16]);
        Self { content, etag }
    }
}

impl FakeS3 {
    /// The configuration of clients of it.
    pub fn sdk_config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let http_client = http_client_fn(move |_, _| connector.clone());
        database::sdk_config("http://127.0.0.1:1").into_builder().http_client(http_client).build()
    }

    /// Writes an object and returns its etag.
    pub fn put(&self, key: &str, content: impl Into<Vec<u8>>) -> String {
        let object = Object::new(content.into());
        let etag = object.etag.clone();
        self.state().objects.insert(key.to_owned(), object);
        etag
    }

    /// An object's content.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.state().objects.get(key).map(|object| object.content.clone())
    }

    /// Removes an object.
    pub fn delete(&self, key: &str) {
        self.state().objects.remove(key);
    }

    /// The objects with this prefix, with etags.
    pub fn list(&self, prefix: &str) -> Vec<(String, String)> {
        let state = self.state();
        let found = state.objects.iter().filter(|(key, _)| key.starts_with(prefix));
        found.map(|(key, object)| (key.clone(), object.etag.clone())).collect()
    }

    /// Method and key of every call so far.
    pub fn calls(&self) -> Vec<(String, String)> {
        self.state().calls.clone()
    }

    /// Injects faults: the function gets method and key of each call.
    pub fn break_with(&self, faults: impl FnMut(&str, &str) -> Option<S3Fault> + Send + 'static) {
        self.state().faults = Some(Box::new(faults));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn respond(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let path = request.uri().split_once("127.0.0.1:1/").map_or("", |(_, path)| path);
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let key = path.split_once('/').map_or("", |(_bucket, key)| key).replace('+', "%2B");
        let key = form_urlencoded::parse(key.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
        let mut state = self.state();
        state.calls.push((request.method().to_owned(), key.clone()));
        let fault = state.faults.as_mut().and_then(|faults| faults(request.method(), &key));
        match fault {
            Some(S3Fault::Hang) => return None,
            Some(S3Fault::Status(status)) => return Some(refuse(status)),
            _ => {}
        }
        let mut answer = match request.method() {
            "PUT" => write(&mut state, &key, request),
            _ => read(&state, &key, request),
        };
        match fault {
            Some(S3Fault::Written(status)) => return Some(refuse(status)),
            Some(S3Fault::Cut) => {
                let body = answer.body().bytes().unwrap_or_default();
                *answer.body_mut() = SdkBody::from(body[..body.len() / 2].to_vec());
            }
            _ => {}
        }
        Some(answer)
    }
}

fn write(state: &mut State, key: &str, request: &HttpRequest) -> HttpResponse {
    let object = Object::new(request.body().bytes().expect("a body in memory").to_vec());
    let mut answer = response(200, SdkBody::empty());
    answer.headers_mut().insert("etag", format!("\"{}\"", object.etag));
    state.objects.insert(key.to_owned(), object);
    answer
}

fn read(state: &State, key: &str, request: &HttpRequest) -> HttpResponse {
    let Some(Object { content, etag }) = state.objects.get(key) else { return refuse(404) };
    let tag = format!("\"{etag}\"");
    if request.headers().get("if-match").is_some_and(|wanted| wanted != tag) {
        return refuse(412);
    }
    let range = request.headers().get("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let number = |text: &str| text.parse::<usize>().expect("a place");
    let (from, to) = range.map_or((0, content.len()), |(from, last)| (number(from), number(last) + 1));
    if from >= content.len() {
        return refuse(416);
    }
    response(206, SdkBody::from(content[from..to.min(content.len())].to_vec()))
}

fn refuse(status: u16) -> HttpResponse {
    let code = if status == 404 { "NoSuchKey" } else { "Fault" };
    response(status, SdkBody::from(format!("<Error><Code>{code}</Code></Error>")))
}

impl HttpConnector for FakeS3 {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let s3 = self.clone();
        HttpConnectorFuture::new(async move {
            tokio::task::yield_now().await; // as a network would, it lets other tasks run
            match s3.respond(&request) {
                Some(answer) => Ok(answer),
                None => std::future::pending().await,
            }
        })
    }
}

impl std::fmt::Debug for FakeS3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FakeS3")
    }
}
