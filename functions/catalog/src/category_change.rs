//! What the changes of a category by staff have in common.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::category_tree::CategoryError;
use souk_domain::ids::CategoryId;
use souk_domain::validation::FieldError;
use souk_runtime::http::{Problem, Reply};
use souk_store::TreeChange;

use crate::view::{CategoryStep, steps};

/// A category as staff see it after a change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CategoryPath")]
pub(crate) struct CategoryResponse<'a> {
    /// Send it as `category_id` to `GET /products`.
    id: &'a str,
    /// The category and those around it, from the department down.
    path: Vec<CategoryStep<'a>>,
}

/// The category after a change, with what the audit log says of it.
pub(crate) fn reply(status: u16, category_id: &CategoryId, change: &TreeChange) -> Result<Reply, Problem> {
    let path = change.after.path_to(category_id);
    let category = path.leaf().ok_or_else(|| Problem::internal("a category without a path"))?;
    let response = CategoryResponse { id: category.category_id.as_str(), path: steps(&path) };
    let (before, after) = (change.before.record(category_id), change.after.record(category_id));
    Ok(Reply::json(status, &response).audit(&before, &after))
}

/// Why a change is refused. `target` is the field with the other category.
pub(crate) fn problem(error: CategoryError, target: &'static str) -> Problem {
    let detail = error.to_string();
    match error {
        CategoryError::NotFound => Problem::not_found("category"),
        CategoryError::TargetNotFound => {
            Problem::invalid(vec![FieldError::new(target, "unknown_value", "must be the id of a category")])
        }
        CategoryError::NameTaken => Problem::conflict("category_name_taken", detail),
        CategoryError::Circle => Problem::conflict("category_circle", detail),
        CategoryError::TooDeep => Problem::conflict("category_too_deep", detail),
        CategoryError::HasChildren => Problem::conflict("category_has_children", detail),
        CategoryError::TooMany => Problem::conflict("too_many_categories", detail),
    }
}
