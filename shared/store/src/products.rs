//! Product documents.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use serde::Deserialize;
use souk_domain::catalog::Product;
use souk_domain::ids::{CategoryId, ProductId};
use souk_domain::time::Timestamp;

use crate::table::{Item, Table, key, number, text};
use crate::{SaveOutcome, StoreError};

const BY_CATEGORY: &str = "by_category";

/// The products table.
#[derive(Clone)]
pub struct Products {
    table: Table,
}

/// One of several parts of the table that are scanned concurrently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its number, from 0.
    pub number: u32,
    /// The number of segments.
    pub of: u32,
}

impl Segment {
    /// The whole table.
    pub const WHOLE: Self = Self { number: 0, of: 1 };
}

/// A page of the table.
pub struct ProductPage {
    /// Its products.
    pub products: Vec<Product>,
    /// The keys of its unreadable items, each with the error.
    pub unreadable: Vec<(String, StoreError)>,
    /// The key after which the next page starts. None on the last page.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct IndexKey {
    product_id: ProductId,
}

impl Products {
    /// The products of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// One product.
    pub async fn get(&self, product_id: &ProductId) -> Result<Option<Product>, StoreError> {
        self.table.get(key([("product_id", product_id.as_str())]), false).await
    }

    /// The products that exist. A strongly consistent read costs twice as much.
    pub async fn get_many<'a>(
        &self,
        product_ids: impl IntoIterator<Item = &'a ProductId>,
        consistent: bool,
    ) -> Result<HashMap<ProductId, Product>, StoreError> {
        let distinct: BTreeSet<_> = product_ids.into_iter().collect();
        let keys = distinct.into_iter().map(|id| key([("product_id", id.as_str())])).collect();
        let products: Vec<Product> = self.table.get_many(keys, consistent).await?;
        Ok(products.into_iter().map(|product| (product.product_id.clone(), product)).collect())
    }

    /// Writes a product if its stored version is still the one that was read, `None` for a new product.
    pub async fn put(&self, product: &Product, seen_version: Option<i64>) -> Result<SaveOutcome, StoreError> {
        let mut item = self.table.write(product)?;
        if let Some(leaf) = product.category.leaf() {
            item.insert("category_id".to_owned(), text(&leaf.category_id));
        }
        let request = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let request = match seen_version {
            None => request.condition_expression("attribute_not_exists(product_id)"),
            Some(seen) => {
                request.condition_expression("version = :seen").expression_attribute_values(":seen", number(seen))
            }
        };
        match request.send().await {
            Ok(_) => Ok(SaveOutcome::Saved),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(SaveOutcome::VersionConflict),
                _ => Err(error.into()),
            },
        }
    }

    /// Sets the number of shards that checkouts allocate from, if the product still has the version that was read.
    pub(crate) async fn set_shards(
        &self,
        seen: &Product,
        shards: u32,
        now: Timestamp,
    ) -> Result<SaveOutcome, StoreError> {
        let request = self.table.client.update_item().table_name(&self.table.name);
        let request = request
            .set_key(Some(key([("product_id", seen.product_id.as_str())])))
            .update_expression("SET stock_shards = :shards, version = :next")
            .condition_expression("version = :seen")
            .expression_attribute_values(":shards", number(shards))
            .expression_attribute_values(":next", number(Product::next_version(Some(seen.version), now)))
            .expression_attribute_values(":seen", number(seen.version));
        match request.send().await {
            Ok(_) => Ok(SaveOutcome::Saved),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(SaveOutcome::VersionConflict),
                _ => Err(error.into()),
            },
        }
    }

    /// Writes a product again unchanged, if it still has the version that was read, so that the stream delivers it
    /// again.
    pub async fn touch(&self, seen: &Product, now: Timestamp) -> Result<SaveOutcome, StoreError> {
        self.set_shards(seen, seen.stock_shards, now).await
    }

    /// Waits before another attempt, with jitter: longer with each attempt, at most one second.
    pub async fn back_off(&self, attempt: u32) {
        self.table.back_off(attempt).await;
    }

    /// Deletes a product and returns it; `None` if it did not exist.
    pub async fn delete(&self, product_id: &ProductId) -> Result<Option<Product>, StoreError> {
        let request = self.table.client.delete_item().table_name(&self.table.name);
        let request = request.set_key(Some(key([("product_id", product_id.as_str())])));
        let answer = request.return_values(ReturnValue::AllOld).send().await?;
        answer.attributes.map(|item| self.table.read(item)).transpose()
    }

    /// A page of a segment after the given key, strongly consistent, at most 1 MB. In no order, each product once. For
    /// reindexing and comparing the index only: requests never scan.
    pub async fn page(&self, segment: Segment, after: Option<&str>, limit: i32) -> Result<ProductPage, StoreError> {
        let count = |count: u32| i32::try_from(count).map_err(|e| StoreError::Rejected(e.to_string()));
        let request = self.table.client.scan().table_name(&self.table.name).consistent_read(true).limit(limit);
        let request = if segment == Segment::WHOLE {
            request
        } else {
            request.segment(count(segment.number)?).total_segments(count(segment.of)?)
        };
        let start = after.map(|after| key([("product_id", after)]));
        let answer = request.set_exclusive_start_key(start).send().await?;
        let id = |item: &Item| item.get("product_id").and_then(|id| id.as_s().ok()).cloned().unwrap_or_default();
        let mut page = ProductPage {
            products: Vec::new(),
            unreadable: Vec::new(),
            next: answer.last_evaluated_key.as_ref().map(id),
        };
        for item in answer.items.unwrap_or_default() {
            let product_id = id(&item);
            match self.table.read(item) {
                Ok(product) => page.products.push(product),
                Err(error) => page.unreadable.push((product_id, error)),
            }
        }
        Ok(page)
    }

    /// Ids of products that are directly in a category, after a given id, at most `limit`.
    pub async fn ids_in_category(
        &self,
        category_id: &CategoryId,
        after: Option<&ProductId>,
        limit: i32,
    ) -> Result<Vec<ProductId>, StoreError> {
        let start = after.map(|id| key([("category_id", category_id.as_str()), ("product_id", id.as_str())]));
        let request = self.table.client.query().table_name(&self.table.name).index_name(BY_CATEGORY);
        let answer = request
            .key_condition_expression("category_id = :category")
            .expression_attribute_values(":category", text(category_id))
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await?;
        let keys = answer.items.unwrap_or_default();
        keys.into_iter().map(|item| self.table.read::<IndexKey>(item).map(|key| key.product_id)).collect()
    }
}
