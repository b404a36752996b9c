//! The tree of categories. It is small and always read completely.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use souk_domain::catalog::Category;

use crate::StoreError;
use crate::table::{Table, text};

/// The partition of the whole tree, so that a query reads it, not a scan.
const TREE: &str = "catalogue";

/// The categories table.
#[derive(Clone)]
pub struct Categories {
    table: Table,
}

impl Categories {
    /// The categories of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
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

    /// Adds a category if it does not exist. An existing category keeps its name.
    pub async fn ensure(&self, category: &Category) -> Result<(), StoreError> {
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
