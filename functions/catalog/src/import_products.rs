//! `POST /admin/imports`: imports many products, one JSON object a line (`application/x-ndjson`). Clients may retry.

use schemars::json_schema;
use serde::Serialize;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, RequestBody, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::import::{ImportContext, ImportReport, PriceChange};

/// Largest body, in bytes. (API Gateway passes binary bodies in base64, of which 6 MB fit: there the limit is about
/// 4.4 MB.)
const MAX_BODY_BYTES: usize = 5_000_000;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "import-products",
        "POST /admin/imports",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Imports up to 1,000 products, one JSON object a line")
    .description(
        "Each line is a product as `PUT /admin/products/{product_id}` takes it, in at most 64 KB. The line must \
             have its `sku`. It may have `available`, the units in stock (0 to 1,000,000,000), which counts only for a \
             product whose stock was never counted. If `name` is missing, `title` is used; if `price` is missing, \
             `price_cents` (whole cents). If several lines have the same `sku`, the last one counts. Blank lines are \
             skipped.\n\n\
             Lines that are not valid are listed in the response, and all others are imported. For larger catalogues \
             split the file, or upload it to the shop's bucket for imports.",
    )
    .repeated("Writes the same products again. Their stock stays unchanged.")
    .any_body(RequestBody {
        media_type: "application/x-ndjson",
        required: false,
        schema: |_| json_schema!({"type": "string", "description": "JSON objects, one a line. May be empty."}),
        example: EXAMPLE,
    })
    .answers::<ImportReport>(200, "What was imported, and which lines were not.")
    .problem(
        413,
        "body_too_large",
        "The body has more than 5,000,000 bytes. On AWS the limit is about 4,400,000 bytes, because Lambda receives \
             the body in base64.",
    )
    .problem(413, "too_many_lines", "There are more than 1,000 lines. Nothing was imported.")
}

const EXAMPLE: &str = r#"{"sku": "1399", "name": "HP 364XL", "price": 12.50, "category": ["Printing", "Ink cartridges"], "available": 40}
{"sku": "1400", "name": "HP 364", "price": 8.95, "category": ["Printing", "Ink cartridges"], "available": 25}
"#;

/// Imports products from the body of a request.
pub struct ImportProducts {
    /// Imports the lines.
    pub context: ImportContext,
}

impl ImportProducts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: ImportContext::from_dependencies(deps)? })
    }
}

/// An import for the audit log. Whole products would be too long for an entry.
#[derive(Serialize)]
struct AuditedImport<'a> {
    imported: usize,
    rejected: usize,
    price_changes: &'a [PriceChange],
}

impl Endpoint for ImportProducts {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let staff = request.staff(Permission::CatalogueWrite)?;
        let body = request.body("application/x-ndjson", MAX_BODY_BYTES)?;
        let report = self.context.import(body, 1, Some(&staff.user_id)).await?;
        let ImportReport { imported, errors, price_changes } = &report;
        let audited = AuditedImport { imported: *imported, rejected: errors.len(), price_changes };
        Ok(Reply::ok(&report).audit(&None::<()>, &audited))
    }
}

#[cfg(test)]
mod tests;
