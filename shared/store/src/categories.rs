//! The tree of categories. It is small and always read completely.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use souk_domain::catalog::Category;
use souk_domain::ids::CategoryId;

use crate::StoreError;
use crate::table::{Table, key, text};

/// The partition of the whole tree, so that a query reads it, not a scan.
const TREE: &str = "catalogue";

/// Most ids of written categories in the memory of a process: more than a shop has.
const MAX_WRITTEN: usize = 20_000;

/// The categories table. Clones share the ids of written categories.
#[derive(Clone)]
pub struct Categories {
    table: Table,
    /// Categories that this process has written, so that the parts of an import need not write them again into the one
    /// partition of the tree. None of them is ever deleted or renamed: names of categories come composed, and `reindex`
    /// changes only the others.
    written: Arc<Mutex<HashSet<CategoryId>>>,
}

impl Categories {
    /// The categories of a table.
    pub fn new(table: Table) -> Self {
        Self { table, written: Arc::default() }
    }

    /// All categories, sorted by id, so that a parent comes before its children.
    pub async fn all(&self) -> Result<Vec<Category>, StoreError> {
        let mut pages = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("tree_id = :tree")
            .expression_attribute_values(":tree", text(TREE))
            .into_paginator()
            .items()
            .send();
        let mut categories = Vec::new();
        while let Some(item) = pages.next().await {
            categories.push(self.table.read(item?)?);
        }
        Ok(categories)
    }

    /// Adds a category if it does not exist. An existing category keeps its name. A process writes each category once.
    pub async fn ensure(&self, category: &Category) -> Result<(), StoreError> {
        if self.written().contains(&category.category_id) {
            return Ok(());
        }
        self.put_if_absent(category).await?;
        let mut written = self.written();
        if written.len() >= MAX_WRITTEN {
            written.clear();
        }
        written.insert(category.category_id.clone());
        drop(written);
        Ok(())
    }

    /// Deletes a category unless its name has changed.
    pub async fn remove(&self, seen: &Category) -> Result<(), StoreError> {
        let key = key([("tree_id", TREE), ("category_id", seen.category_id.as_str())]);
        let request = self.table.delete(key).condition_expression("#name = :seen");
        let request = request.expression_attribute_names("#name", "name");
        let request = request.expression_attribute_values(":seen", text(&seen.name));
        self.table.delete_if::<Category>(request).await.map(|_| ())
    }

    /// Gives a category another name unless its name has changed.
    pub async fn rename(&self, seen: &Category, name: &str) -> Result<(), StoreError> {
        let mut item = self.table.write(&Category { name: name.to_owned(), ..seen.clone() })?;
        item.insert("tree_id".to_owned(), text(TREE));
        let request = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let request = request.condition_expression("#name = :seen").expression_attribute_names("#name", "name");
        ignore_refusal(request.expression_attribute_values(":seen", text(&seen.name)).send().await)
    }

    fn written(&self) -> std::sync::MutexGuard<'_, HashSet<CategoryId>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn put_if_absent(&self, category: &Category) -> Result<(), StoreError> {
        let mut item = self.table.write(category)?;
        item.insert("tree_id".to_owned(), text(TREE));
        let request = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        ignore_refusal(request.condition_expression("attribute_not_exists(tree_id)").send().await)
    }
}

/// A put whose condition failed had nothing to do.
fn ignore_refusal(put: Result<PutItemOutput, SdkError<PutItemError>>) -> Result<(), StoreError> {
    match put {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(error.into()),
        },
    }
}
