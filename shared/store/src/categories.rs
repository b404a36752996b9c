//! The tree of categories. It is small and always read completely.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use souk_domain::catalog::Category;
use souk_domain::ids::CategoryId;

use crate::StoreError;
use crate::table::{Table, text};

/// The partition of the whole tree, so that a query reads it, not a scan.
const TREE: &str = "catalogue";

/// Most ids of written categories in the memory of a process: more than a shop has.
const MAX_WRITTEN: usize = 20_000;

/// The categories table. Clones share the ids of written categories.
#[derive(Clone)]
pub struct Categories {
    table: Table,
    /// Categories that this process has written. None is ever deleted or renamed, so the parts of an import need not write
    /// them again into the one partition of the tree.
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

    fn written(&self) -> std::sync::MutexGuard<'_, HashSet<CategoryId>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn put_if_absent(&self, category: &Category) -> Result<(), StoreError> {
        let mut item = self.table.write(category)?;
        item.insert("tree_id".to_owned(), text(TREE));
        let request = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        match request.condition_expression("attribute_not_exists(tree_id)").send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(error.into()),
            },
        }
    }
}
