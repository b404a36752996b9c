//! Serves all functions of a service from one binary. Lambda gives the handler name of the function (`Handler` in
//! template.yaml) in the environment variable `_HANDLER`, and the service's table maps it to what starts.

use std::process::ExitCode;

use futures_util::future::LocalBoxFuture;

use crate::batch::{self, Consumer};
use crate::config::ConfigError;
use crate::direct::{self, DirectHandler};
use crate::http::audit::{Audited, Subject};
use crate::http::{self, Endpoint};
use crate::objects::{self, ObjectConsumer};
use crate::stream::{self, ChangeHandler};
use crate::{Dependencies, Error, telemetry};

/// Handler names, and what starts for each. The name is also the `function` of every log line.
pub type Handlers = &'static [(&'static str, &'static dyn Start)];

/// Makes an endpoint or consumer of type `T`.
type Make<T> = fn(&Dependencies) -> Result<T, ConfigError>;
/// The same for a type that needs a call to another service, such as for a secret.
type MakeAsync<T> = fn(&Dependencies) -> LocalBoxFuture<'_, Result<T, Error>>;

/// Starts one function. Made by the types below, each for another source of events.
pub trait Start: Sync {
    /// Serves the function until Lambda stops the process.
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>>;

    /// Whether its changes are written to the audit log.
    fn is_audited(&self) -> bool {
        false
    }
}

/// An endpoint of the HTTP API.
pub struct Http<E>(pub Make<E>);
/// An endpoint of the HTTP API that needs a call to another service before it can start.
pub struct HttpAsync<E>(pub MakeAsync<E>);
/// An endpoint for changes by staff: each request is written to the audit log, with this subject.
pub struct StaffHttp<E>(pub Make<E>, pub Subject);
/// The same for an endpoint that needs a call to another service before it can start.
pub struct StaffHttpAsync<E>(pub MakeAsync<E>, pub Subject);
/// A consumer of a queue.
pub struct Queue<C>(pub Make<C>);
/// A consumer of a queue that needs a call to another service before it can start.
pub struct QueueAsync<C>(pub MakeAsync<C>);
/// A consumer of a bucket's notifications about new objects.
pub struct Uploads<C>(pub Make<C>);
/// A consumer of DynamoDB streams.
pub struct Stream<H>(pub Make<H>);
/// A function that is invoked by its name.
pub struct Direct<F>(pub Make<F>);
/// A function that is invoked by its name and needs a call to another service before it can start.
pub struct DirectAsync<F>(pub MakeAsync<F>);

impl<E: Endpoint> Start for Http<E> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { http::serve(function, make(&deps)?, deps.limiter()?).await })
    }
}

impl<E: Endpoint> Start for HttpAsync<E> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { http::serve(function, make(&deps).await?, deps.limiter()?).await })
    }
}

impl<E: Endpoint> Start for StaffHttp<E> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let Self(make, subject) = *self;
        Box::pin(async move {
            let (context, endpoint) = (deps.audit_context()?, make(&deps)?);
            http::serve(function, Audited { function, subject, context, endpoint }, deps.limiter()?).await
        })
    }

    fn is_audited(&self) -> bool {
        true
    }
}

impl<E: Endpoint> Start for StaffHttpAsync<E> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let Self(make, subject) = *self;
        Box::pin(async move {
            let (context, endpoint) = (deps.audit_context()?, make(&deps).await?);
            http::serve(function, Audited { function, subject, context, endpoint }, deps.limiter()?).await
        })
    }

    fn is_audited(&self) -> bool {
        true
    }
}

impl<C: Consumer> Start for Queue<C> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { batch::serve(function, make(&deps)?).await })
    }
}

impl<C: Consumer> Start for QueueAsync<C> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { batch::serve(function, make(&deps).await?).await })
    }
}

impl<C: ObjectConsumer> Start for Uploads<C> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { objects::serve(function, make(&deps)?).await })
    }
}

impl<H: ChangeHandler> Start for Stream<H> {
    fn start(&self, function: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { stream::serve(function, make(&deps)?, deps.dead_letters()?).await })
    }
}

impl<F: DirectHandler> Start for Direct<F> {
    fn start(&self, _: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { direct::serve(make(&deps)?).await })
    }
}

impl<F: DirectHandler> Start for DirectAsync<F> {
    fn start(&self, _: &'static str, deps: Dependencies) -> LocalBoxFuture<'static, Result<(), Error>> {
        let make = self.0;
        Box::pin(async move { direct::serve(make(&deps).await?).await })
    }
}

/// An unknown handler name. Stops the process.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown handler name {name:?} in _HANDLER; this binary knows: {}", known.join(", "))]
pub struct UnknownHandler {
    name: String,
    known: Vec<&'static str>,
}

/// The handler of that name, with its name in the table.
pub fn find(handlers: Handlers, name: &str) -> Result<(&'static str, &'static dyn Start), UnknownHandler> {
    let found = handlers.iter().find(|(known, _)| *known == name);
    found.copied().ok_or_else(|| UnknownHandler { name: name.to_owned(), known: names(handlers).collect() })
}

/// All handler names of a service.
pub fn names(handlers: Handlers) -> impl Iterator<Item = &'static str> {
    handlers.iter().map(|(name, _)| *name)
}

/// The `main` of a service: serves the function that `_HANDLER` names until Lambda stops the process. One that cannot
/// start logs why and ends.
pub async fn run(handlers: Handlers) -> ExitCode {
    telemetry::init();
    let name = std::env::var("_HANDLER").unwrap_or_default();
    match start(handlers, &name).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(function = name, %error, "cannot start");
            ExitCode::FAILURE
        }
    }
}

async fn start(handlers: Handlers, name: &str) -> Result<(), Error> {
    let (function, handler) = find(handlers, name)?;
    handler.start(function, Dependencies::from_env()?).await
}
