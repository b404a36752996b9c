//! Browsing without search: the products of a category from DynamoDB, by id.

use souk_domain::catalog::Category;
use souk_domain::ids::CategoryId;
use souk_runtime::http::Problem;
use souk_search::SearchPage;

use super::ListProducts;
use super::asked::Asked;

/// Products are counted up to here, or to the end of the page if that is further.
const COUNTED: usize = 1_000;
/// Most ids of one query: far below the 1 MB that a query may answer.
const QUERY_IDS: usize = 1_000;
/// Most queries of one call: each takes some milliseconds, and categories may be many and small.
const MAX_QUERIES: usize = 50;

impl ListProducts {
    /// One page of what stands in a category or in one of its own; of the whole tree without one. `total` counts what is
    /// cheap to count: it is true up to [`COUNTED`], and "at least so many" from there. Products that stand in no
    /// category cannot be found so.
    pub(super) async fn browse(&self, asked: &Asked) -> Result<SearchPage, Problem> {
        let categories = self.categories.all().await?;
        let wanted = categories.iter().filter(|category| stands_in(category, asked.query.category_id.as_ref()));
        let (page, limit) = (asked.page.unwrap_or(1) as usize, asked.limit as usize);
        let enough = COUNTED.max(page * limit); // within MAX_DEPTH, as it was read
        let mut product_ids = Vec::new();
        let mut queries = 0;
        for category in wanted {
            let mut after = None;
            loop {
                let ask = QUERY_IDS.min(enough - product_ids.len());
                if ask == 0 || queries == MAX_QUERIES {
                    break;
                }
                queries += 1;
                let query_limit = i32::try_from(ask).map_err(Problem::internal)?;
                let found = self.products.ids_in_category(&category.category_id, after.as_ref(), query_limit).await?;
                let more = found.len() == ask;
                after = found.last().cloned();
                product_ids.extend(found);
                if !more {
                    break;
                }
            }
        }
        let total = product_ids.len() as u64;
        let product_ids = product_ids.into_iter().skip((page - 1) * limit).take(limit).collect();
        Ok(SearchPage { product_ids, total, ..SearchPage::default() })
    }
}

fn stands_in(category: &Category, wanted: Option<&CategoryId>) -> bool {
    wanted.is_none_or(|wanted| category.category_id == *wanted || category.parent_id.as_ref() == Some(wanted))
}
