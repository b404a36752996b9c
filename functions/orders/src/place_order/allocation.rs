//! Allocates the units of each order line from the shards of its product.

use futures_util::stream::{self, StreamExt};
use souk_domain::ids::ProductId;
use souk_domain::order::Order;
use souk_domain::stock::Shortage;
use souk_runtime::http::Problem;
use souk_store::{AllocationOutcome, StoreError};

use super::{PlaceOrder, busy, insufficient_stock};

/// Products whose shards are read concurrently.
const MAX_CONCURRENT_READS: usize = 16;

/// Which reads an allocation uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consistency {
    /// Sufficient at first: the transaction fails if the units are gone.
    Eventual,
    /// Required after a transaction has failed because the units were gone.
    Strong,
}

/// The allocation of one product.
pub(super) type ProductAllocation = Result<AllocationOutcome, StoreError>;

impl PlaceOrder {
    /// Allocates units of each product. The results are in the order of the products.
    pub(super) async fn allocate<'a>(
        &self,
        requested: impl Iterator<Item = (&'a ProductId, u32)>,
        consistency: Consistency,
    ) -> Vec<ProductAllocation> {
        let allocations = requested.map(|(product_id, quantity)| {
            let choice = self.random.below(u64::MAX);
            async move {
                match consistency {
                    Consistency::Eventual => self.inventory.allocate(product_id, quantity, choice).await,
                    Consistency::Strong => self.inventory.allocate_consistent(product_id, quantity, choice).await,
                }
            }
        });
        // Collected first: the compiler cannot prove a stream of borrowing futures to be `Send`.
        let allocations: Vec<_> = allocations.collect();
        stream::iter(allocations).buffered(MAX_CONCURRENT_READS).collect().await
    }

    /// Allocates units of some lines of an order again.
    pub(super) async fn reallocate(
        &self,
        order: &mut Order,
        lines: &[usize],
        consistency: Consistency,
    ) -> Result<(), Problem> {
        let requested = lines.iter().map(|index| &order.lines[*index]);
        let requested = requested.map(|line| (&line.product_id, line.quantity.get()));
        let allocations = self.allocate(requested, consistency).await;
        set_allocations(order, lines, allocations)
    }
}

/// Sets the allocations of some lines. If products are short, the problem lists all of them.
pub(super) fn set_allocations(
    order: &mut Order,
    lines: &[usize],
    allocations: Vec<ProductAllocation>,
) -> Result<(), Problem> {
    let mut shortages = Vec::new();
    for (index, allocation) in lines.iter().zip(allocations) {
        let line = &mut order.lines[*index];
        match allocation {
            Ok(AllocationOutcome::Allocated(allocation)) => line.allocation = allocation,
            Ok(AllocationOutcome::InsufficientStock { available }) => {
                let (product_id, requested) = (line.product_id.clone(), line.quantity.get());
                shortages.push(Shortage { product_id, requested, available });
            }
            Err(StoreError::Conflict) => return Err(busy("the shards could not be read at one moment")),
            Err(error) => return Err(error.into()),
        }
    }
    if shortages.is_empty() { Ok(()) } else { Err(insufficient_stock(&shortages)) }
}
