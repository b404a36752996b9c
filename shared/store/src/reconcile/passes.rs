//! The passes over whole tables.

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use souk_domain::ids::{ProductId, UserId};
use souk_domain::order::Order;
use souk_domain::reconcile::{Discrepancy, ProviderRecords, StockRecords, Subject, Sums, check_order};

use super::recheck::{add_item, number_of, text_of};
use super::{Position, ReconciliationCursor, ReconciliationPlan, ReconciliationReport, Suspects, TableScan};
use crate::StoreError;
use crate::inventory::history::HISTORY;
use crate::scan::{ScanPosition, scan};
use crate::table::{Item, Table, key, text};

impl TableScan<'_> {
    /// The first pass over all orders: checks each by itself and against the provider's records, and adds it to the
    /// sums. Returns where to continue if the time ran out.
    pub(super) async fn check_orders(
        &self,
        plan: ReconciliationPlan,
        sums: &mut Sums,
        report: &mut ReconciliationReport,
    ) -> Result<Option<ReconciliationCursor>, StoreError> {
        let ReconciliationPlan { now, grace, cursor, mut provider, .. } = plan;
        let mut segments = cursor.map_or_else(|| self.whole_table(), ReconciliationCursor::into_segments);
        let mut pages = scan(&self.orders.table, segments.clone(), whole);
        while let Some(page) = pages.recv().await {
            let page = page?;
            for item in page.items {
                match read_order(&self.orders.table, item) {
                    Ok(order) => {
                        sums.add(&order);
                        report.add(check_order(&order, &grace, now));
                        report.add(provider.iter_mut().flat_map(|records| records.check(&order)));
                    }
                    Err(unreadable) => report.add([unreadable]),
                }
            }
            segments[page.segment] = page.next;
            if !self.in_time() && segments.iter().any(|from| !matches!(from, ScanPosition::End)) {
                return Ok(Some(ReconciliationCursor::of(segments)));
            }
        }
        report.add(provider.into_iter().flat_map(ProviderRecords::unmatched));
        Ok(None)
    }

    /// A further pass over all orders, for the sums only. `false` if the time ran out.
    pub(super) async fn sum_orders(&self, sums: &mut Sums) -> Result<bool, StoreError> {
        let mut pages = scan(&self.orders.table, self.whole_table(), whole);
        while let Some(page) = pages.recv().await {
            for item in page?.items {
                if let Ok(order) = read_order(&self.orders.table, item) {
                    sums.add(&order);
                }
            }
            if !self.in_time() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Compares the counts and ledgers of all products with the sums. `false` if the time ran out.
    pub(super) async fn suspect_products(
        &self,
        sums: &mut Sums,
        suspects: &mut Suspects,
        report: &mut ReconciliationReport,
    ) -> Result<bool, StoreError> {
        let table = &self.inventory.table;
        // The items of a product follow each other. If not, it counts as two products, becomes a suspect, and is
        // cleared later.
        let mut open: Vec<Option<(ProductId, StockRecords)>> = self.whole_table().iter().map(|_| None).collect();
        let mut pages = scan(table, self.whole_table(), counts_and_ledger);
        while let Some(page) = pages.recv().await {
            let page = page?;
            let current = &mut open[page.segment];
            for item in page.items {
                let Some(product_id) = text_of(&item, "product_id").and_then(|id| id.parse::<ProductId>().ok()) else {
                    report.add([unreadable(table, &item, ["product_id", "shard"])]);
                    continue;
                };
                if current.as_ref().is_some_and(|(known, _)| *known != product_id)
                    && let Some((done, records)) = current.take()
                {
                    suspect_product(done, &records, sums, suspects, report);
                }
                let (_, records) = current.get_or_insert_with(|| (product_id, StockRecords::default()));
                if add_item(records, &item).is_err() {
                    report.add([unreadable(table, &item, ["product_id", "shard"])]);
                }
            }
            if !self.in_time() {
                return Ok(false);
            }
        }
        for (product_id, records) in open.into_iter().flatten() {
            suspect_product(product_id, &records, sums, suspects, report);
        }
        let uncounted: Vec<ProductId> = sums.unchecked_products().cloned().collect();
        for product_id in uncounted {
            suspect_product(product_id, &StockRecords::default(), sums, suspects, report);
        }
        Ok(true)
    }

    /// Compares the store credit of all accounts with the sums. `false` if the time ran out.
    pub(super) async fn suspect_accounts(
        &self,
        sums: &mut Sums,
        suspects: &mut Suspects,
        report: &mut ReconciliationReport,
    ) -> Result<bool, StoreError> {
        let table = &self.store_credit.table;
        let mut pages = scan(table, self.whole_table(), balances);
        while let Some(page) = pages.recv().await {
            for item in page?.items {
                let user_id = text_of(&item, "user_id").and_then(|id| id.parse::<UserId>().ok());
                let balance = number_of(&item, "store_credit_minor");
                match user_id.zip(balance) {
                    Some((user_id, balance)) => suspect_account(user_id, balance, sums, suspects, report),
                    None => report.add([unreadable(table, &item, ["user_id"])]),
                }
            }
            if !self.in_time() {
                return Ok(false);
            }
        }
        let without: Vec<UserId> = sums.unchecked_accounts().cloned().collect();
        for user_id in without {
            suspect_account(user_id, 0, sums, suspects, report);
        }
        Ok(true)
    }

    fn whole_table(&self) -> Vec<ScanPosition> {
        (0..self.segments).map(|_| ScanPosition::Start).collect()
    }
}

impl ReconciliationCursor {
    fn of(segments: Vec<ScanPosition>) -> Self {
        let position = |from: ScanPosition| match from {
            ScanPosition::Start => Position::Start,
            ScanPosition::End => Position::End,
            // No function writes an unreadable key. Reading the segment again is better than omitting it.
            ScanPosition::After(key) => {
                let user_id = text_of(&key, "user_id").and_then(|id| id.parse().ok());
                let order_id = text_of(&key, "order_id").and_then(|id| id.parse().ok());
                user_id.zip(order_id).map_or(Position::Start, |(user, order)| Position::After(user, order))
            }
        };
        Self { segments: segments.into_iter().map(position).collect() }
    }

    fn into_segments(self) -> Vec<ScanPosition> {
        let from = |position: Position| match position {
            Position::Start => ScanPosition::Start,
            Position::End => ScanPosition::End,
            Position::After(user_id, order_id) => {
                ScanPosition::After(key([("user_id", user_id.as_str()), ("order_id", order_id.as_str())]))
            }
        };
        self.segments.into_iter().map(from).collect()
    }
}

fn suspect_product(
    product_id: ProductId,
    stock: &StockRecords,
    sums: &mut Sums,
    suspects: &mut Suspects,
    report: &mut ReconciliationReport,
) {
    report.checked.products += 1;
    let found = sums.check_product(&product_id, stock);
    if found.is_empty() {
        return;
    }
    if suspects.have_room() {
        suspects.products.insert(product_id, found);
    } else {
        report.unsettled([Subject::Product { product_id }]);
    }
}

fn suspect_account(
    user_id: UserId,
    balance_minor: i64,
    sums: &mut Sums,
    suspects: &mut Suspects,
    report: &mut ReconciliationReport,
) {
    report.checked.accounts += 1;
    let found = sums.check_account(&user_id, balance_minor);
    if found.is_empty() {
        return;
    }
    if suspects.have_room() {
        suspects.accounts.insert(user_id, found);
    } else {
        report.unsettled([Subject::Account { user_id }]);
    }
}

fn read_order(table: &Table, item: Item) -> Result<Order, Discrepancy> {
    let unreadable = unreadable(table, &item, ["user_id", "order_id"]);
    table.read(item).map_err(|_| unreadable)
}

fn unreadable<const N: usize>(table: &Table, item: &Item, key: [&str; N]) -> Discrepancy {
    Discrepancy::unreadable(&table.name, key.map(|name| text_of(item, name).unwrap_or_default()).join("/"))
}

fn whole(request: ScanFluentBuilder) -> ScanFluentBuilder {
    request
}

/// Without the history, which is by far the largest part.
fn counts_and_ledger(request: ScanFluentBuilder) -> ScanFluentBuilder {
    request
        .filter_expression("NOT begins_with(#shard, :history)")
        .expression_attribute_values(":history", text(HISTORY))
        .projection_expression("product_id, #shard, #available, #shards, #delta")
        .expression_attribute_names("#shard", "shard") // a reserved word
        .expression_attribute_names("#available", "available")
        .expression_attribute_names("#shards", "shards")
        .expression_attribute_names("#delta", "delta")
}

/// Accounts without an item never had store credit.
fn balances(request: ScanFluentBuilder) -> ScanFluentBuilder {
    request.projection_expression("user_id, store_credit_minor")
}
