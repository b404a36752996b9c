//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, QueueAsync};

use crate::send_mail::SendMail;

/// The start of each function, by `Handler` in template.yaml.
pub const HANDLERS: Handlers = &[("send-mail", &QueueAsync(|deps| Box::pin(SendMail::from_dependencies(deps))))];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "mail");
    }
}
