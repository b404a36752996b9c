//! `cargo xtask mail`: prints the mails that the local shop has sent. The local AWS keeps them and delivers none.

use anyhow::Result;
use souk_accounts::mail::{self, Mail};

use crate::paths::Paths;
use crate::stack::Stack;

/// Options of `cargo xtask mail`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only those to this address
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
}

/// Prints the mails, newest last.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let stack = Stack::read(&paths.home.join("stack.json"))?;
    let mails = match &options.to {
        Some(address) => mail::to(&stack.aws_endpoint_url, &address.trim().to_lowercase())?,
        None => mail::all(&stack.aws_endpoint_url)?,
    };
    print!("{}", listing(&mails));
    Ok(())
}

fn listing(mails: &[Mail]) -> String {
    if mails.is_empty() {
        return "There are no mails.\n".to_owned();
    }
    let texts = mails.iter().map(|Mail { to, subject, text }| {
        format!("To: {}\nSubject: {subject}\n\n{}\n", to.join(", "), text.trim_end())
    });
    texts.collect::<Vec<_>>().join(&format!("{}\n", "-".repeat(72)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_mail_is_last() {
        let mail = |subject: &str| Mail {
            to: vec!["ann@example.com".to_owned()],
            subject: subject.to_owned(),
            text: "Token: abc\n\n".to_owned(),
        };
        let head = |subject: &str| format!("To: ann@example.com\nSubject: {subject}\n\nToken: abc\n");
        let line = "-".repeat(72);
        assert_eq!(listing(&[mail("one"), mail("two")]), format!("{}{line}\n{}", head("one"), head("two")));
        assert_eq!(listing(&[]), "There are no mails.\n");
    }
}
