//! `stack.json`: the addresses of the running shop, for people, tests and benchmarks.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use souk_accounts::staff::{StaffCredentials, StaffSession};

use crate::interrupt;
use crate::paths::{self, Paths};

/// The two ports of a local stack, on 127.0.0.1.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    /// MiniStack: all AWS services, including the shop's API.
    pub(crate) aws: u16,
    /// OpenSearch.
    pub(crate) search: u16,
}

impl Ports {
    /// The variable for the port of MiniStack.
    pub(crate) const AWS_VARIABLE: &str = "SOUK_AWS_PORT";
    /// The variable for the port of OpenSearch.
    pub(crate) const SEARCH_VARIABLE: &str = "SOUK_SEARCH_PORT";

    /// The ports of the environment, by default 4566 and 9200.
    pub(crate) fn from_environment() -> Result<Self> {
        Ok(Self { aws: port(Self::AWS_VARIABLE, 4566)?, search: port(Self::SEARCH_VARIABLE, 9200)? })
    }

    /// Two ports that are free now.
    pub(crate) fn free() -> Result<Self> {
        // Both listeners stay open until both ports are known, so that the ports differ.
        let listen = || TcpListener::bind("127.0.0.1:0").context("no free port");
        let (aws, search) = (listen()?, listen()?);
        Ok(Self { aws: aws.local_addr()?.port(), search: search.local_addr()?.port() })
    }

    /// The address of MiniStack.
    pub(crate) fn aws_url(self) -> String {
        format!("http://127.0.0.1:{}", self.aws)
    }

    /// The address of OpenSearch.
    pub(crate) fn search_url(self) -> String {
        format!("http://127.0.0.1:{}", self.search)
    }
}

fn port(variable: &str, default: u16) -> Result<u16> {
    match env::var(variable) {
        Ok(text) => text.parse().with_context(|| format!("{variable}={text} is not a port")),
        Err(_) => Ok(default),
    }
}

/// The content of the file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stack {
    /// The shop's API, without a slash at the end.
    pub(crate) api_url: String,
    /// A staff account with all permissions.
    pub(crate) staff_email: String,
    /// Its password.
    pub(crate) staff_password: String,
    /// Its id.
    pub(crate) staff_user_id: String,
    /// The secret of its second factor (RFC 6238), in base32. `cargo xtask code` prints a code.
    pub(crate) staff_totp_secret: String,
    /// Payment tokens of the sandbox provider.
    pub(crate) sandbox_tokens: SandboxTokens,
    /// Every AWS service.
    pub(crate) aws_endpoint_url: String,
    /// OpenSearch.
    pub(crate) search_url: String,
    /// The AWS region.
    pub(crate) region: String,
    /// The CloudFormation stack, first part of every function's name.
    pub(crate) stack_name: String,
}

/// Values of `payment_token`.
#[derive(Serialize, Deserialize)]
pub(crate) struct SandboxTokens {
    /// Succeeds.
    pub(crate) success: String,
    /// Is declined.
    pub(crate) decline: String,
}

impl Default for SandboxTokens {
    fn default() -> Self {
        Self { success: "sandbox_success".to_owned(), decline: "sandbox_decline".to_owned() }
    }
}

impl Stack {
    /// The session of the staff account that all programs share.
    pub(crate) fn staff_session(&self, paths: &Paths) -> StaffSession {
        let credentials = StaffCredentials {
            email: self.staff_email.clone(),
            password: self.staff_password.clone(),
            totp_secret: self.staff_totp_secret.clone(),
        };
        StaffSession::new(&self.api_url, credentials, &paths.home, interrupt::sleep)
    }

    /// Writes the file, readable by its owner only because it has a password.
    pub(crate) fn write(&self, paths: &Paths) -> Result<()> {
        paths::write_whole(&paths.home.join("stack.json"), &serde_json::to_vec_pretty(self)?, true)
    }

    /// Reads the file of a running shop.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read(file).with_context(|| {
            format!("no shop runs ({} is missing): start one with `cargo xtask up`", file.display())
        })?;
        serde_json::from_slice(&text).with_context(|| format!("{} has an unexpected content", file.display()))
    }
}
