//! `cargo xtask dlq`: lists dead letters and redrives them. Invokes the function `redrive` and prints its report.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock;
use crate::operator::Operator;
use crate::paths::Paths;

/// Most calls of one `redrive`; each moves up to a thousand messages.
const MAX_CALLS: usize = 1_000;

/// Options of `cargo xtask dlq`.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    /// Use the shop of this CloudFormation stack on AWS instead of the local one; needs the aws command line
    #[arg(long, value_name = "STACK", global = true)]
    aws: Option<String>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the messages in each queue with their age, kind and ids
    List,
    /// Process messages again; report those that have to stay, and why
    Redrive {
        /// Only this queue: `order`, `payment`, `refund`, `stream`, …
        #[arg(long, value_name = "NAME")]
        queue: Option<String>,
        /// At most this many messages
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: Option<u32>,
    },
    /// Delete one message for good
    Discard {
        /// In this queue
        #[arg(long, value_name = "NAME")]
        queue: String,
        /// Its id, as `list` shows it
        #[arg(long, value_name = "ID")]
        message: String,
    },
}

#[derive(Deserialize)]
struct Report {
    queues: Vec<QueueReport>,
}

#[derive(Deserialize)]
struct QueueReport {
    queue: String,
    waiting: u64,
    oldest_seconds: Option<u64>,
    moved: u64,
    messages: Vec<Summary>,
}

#[derive(Deserialize)]
struct Summary {
    message_id: String,
    kind: String,
    ids: serde_json::Map<String, Value>,
    age_seconds: u64,
    stays_because: Option<String>,
}

/// Invokes `redrive` and prints its report.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let operator = Operator::of(options.aws.as_deref(), paths)?;
    match &options.action {
        Action::List => {
            let report = invoke(&operator, &json!({"action": "list"}))?;
            print!("{}", listing(&report));
            if report.queues.iter().all(|queue| queue.waiting == 0) {
                println!("There are no dead letters.");
            }
        }
        Action::Redrive { queue, limit } => {
            let command = json!({"action": "redrive", "queue": queue, "limit": limit});
            for call in 0..MAX_CALLS {
                let report = invoke(&operator, &command)?;
                // A call that moves nothing has read all messages that can be moved now.
                let is_done = report.queues.iter().all(|queue| queue.moved == 0);
                if call == 0 || !is_done {
                    print!("{}", outcome(&report));
                }
                if is_done || limit.is_some() {
                    return Ok(());
                }
            }
            println!("There are more: run it again.");
        }
        Action::Discard { queue, message } => {
            invoke(&operator, &json!({"action": "discard", "queue": queue, "message_id": message}))?;
            println!("discarded");
        }
    }
    Ok(())
}

fn invoke(operator: &Operator<'_>, command: &Value) -> Result<Report> {
    let answer = operator.invoke("redrive", command)?;
    serde_json::from_value(answer).context("redrive returned an unexpected response; is it of this version?")
}

fn listing(report: &Report) -> String {
    let mut text = format!("{:<12} {:>8} {:>12}\n", "queue", "waiting", "oldest");
    for queue in &report.queues {
        let oldest = queue.oldest_seconds.map(age).unwrap_or_default();
        text.push_str(&format!("{:<12} {:>8} {oldest:>12}\n", queue.queue, queue.waiting));
        text.push_str(&lines(&queue.messages));
    }
    text
}

fn outcome(report: &Report) -> String {
    let mut text = String::new();
    for QueueReport { queue, moved, waiting, messages, .. } in &report.queues {
        text.push_str(&format!("{queue:<12} {moved:>8} moved, {waiting} left\n{}", lines(messages)));
    }
    text
}

/// Each message: its kind, ids and age, and why it stays.
fn lines(messages: &[Summary]) -> String {
    let mut text = String::new();
    for Summary { message_id, kind, ids, age_seconds, stays_because } in messages {
        text.push_str(&format!("  {kind}, {} old, message {message_id}\n", age(*age_seconds)));
        for (name, value) in ids {
            text.push_str(&format!("    {name}={}\n", value.as_str().unwrap_or_default()));
        }
        if let Some(reason) = stays_because {
            text.push_str(&format!("    stays: {reason}\n"));
        }
    }
    text
}

/// `3 d 04 h`, `3 h 04 min`, or shorter units.
fn age(seconds: u64) -> String {
    match seconds {
        0..3_600 => clock::text(std::time::Duration::from_secs(seconds)),
        3_600..86_400 => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {:02} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_queues_and_messages() {
        let message = json!({"message_id": "m", "kind": "refund_order", "age_seconds": 11_100,
            "ids": {"order_id": "o", "refund": "0"}});
        let queue =
            json!({"queue": "refund", "waiting": 1, "oldest_seconds": 11_100, "moved": 0, "messages": [message]});
        let empty = json!({"queue": "stream", "waiting": 0, "moved": 0, "messages": []});
        let report = serde_json::from_value(json!({ "queues": [queue, empty] })).expect("a report");
        let expected = "queue         waiting       oldest\n\
            refund              1   3 h 05 min\n  refund_order, 3 h 05 min old, message m\n    order_id=o\n    refund=0\n\
            stream              0             \n";
        assert_eq!(listing(&report), expected);
    }

    #[test]
    fn a_message_that_stays_has_a_reason() {
        let message = json!({"message_id": "m", "kind": "set_aside", "age_seconds": 172_800, "ids": {},
            "stays_because": "repair it first"});
        let queue = json!({"queue": "stream", "waiting": 1, "moved": 2, "messages": [message]});
        let report = serde_json::from_value(json!({ "queues": [queue] })).expect("a report");
        let expected =
            "stream              2 moved, 1 left\n  set_aside, 2 d 00 h old, message m\n    stays: repair it first\n";
        assert_eq!(outcome(&report), expected);
    }
}
