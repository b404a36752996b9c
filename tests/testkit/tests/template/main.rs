//! Rules for every function, queue and event source of `template.yaml`.

mod alarms;
mod concurrency;
mod data_at_rest;
mod document;
mod event_sources;
mod functions;
mod parameters;
mod roles;
mod rules;
