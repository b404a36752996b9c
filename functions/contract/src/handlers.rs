//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, Http};

use crate::get_openapi::GetOpenapi;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[("get-openapi", &Http(GetOpenapi::from_dependencies))];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "contract");
    }
}
