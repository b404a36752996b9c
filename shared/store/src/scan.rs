//! Reading a whole table page by page, several segments side by side. For reconciliation only: no request scans.

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use tokio::sync::mpsc;

use crate::StoreError;
use crate::table::{Item, Table};

/// How often a page is asked for again when DynamoDB does not answer, on top of the SDK's own tries.
const TRIES: u32 = 4;
/// Most items of one page; DynamoDB ends a page at 1 MB anyway.
const PAGE_ITEMS: i32 = 1_000;

/// Where to begin in a segment.
#[derive(Debug, Clone)]
pub(crate) enum From {
    Start,
    After(Item),
    /// It was read to its end before.
    End,
}

/// Some items of one segment.
pub(crate) struct Page {
    pub(crate) segment: usize,
    pub(crate) items: Vec<Item>,
    /// Where the next page begins.
    pub(crate) next: From,
}

/// The pages of all segments as they come, strongly consistent. Pages of one segment keep their order. Holds at most two
/// pages for each segment; dropping the receiver ends the reading.
///
/// `shape` adds what differs: a filter, a projection.
pub(crate) fn scan(
    table: &Table,
    segments: Vec<From>,
    shape: fn(ScanFluentBuilder) -> ScanFluentBuilder,
) -> mpsc::Receiver<Result<Page, StoreError>> {
    let (sender, receiver) = mpsc::channel(segments.len().max(1));
    let total = i32::try_from(segments.len()).unwrap_or(i32::MAX);
    for (segment, from) in segments.into_iter().enumerate() {
        let (table, sender) = (table.clone(), sender.clone());
        tokio::spawn(async move {
            let mut from = from;
            while !matches!(from, From::End) {
                let page = page(&table, segment, total, from, shape).await;
                from = page.as_ref().map_or(From::End, |page| page.next.clone());
                if sender.send(page).await.is_err() {
                    return; // nobody reads on
                }
            }
        });
    }
    receiver
}

async fn page(
    table: &Table,
    segment: usize,
    total: i32,
    from: From,
    shape: fn(ScanFluentBuilder) -> ScanFluentBuilder,
) -> Result<Page, StoreError> {
    let start = if let From::After(key) = from { Some(key) } else { None };
    let mut tries = 0;
    loop {
        let request = table.client.scan().table_name(&table.name).consistent_read(true).limit(PAGE_ITEMS);
        let request = request.segment(i32::try_from(segment).unwrap_or(i32::MAX)).total_segments(total);
        match shape(request).set_exclusive_start_key(start.clone()).send().await.map_err(StoreError::from) {
            Ok(answer) => {
                let next = answer.last_evaluated_key.filter(|key| !key.is_empty()).map_or(From::End, From::After);
                return Ok(Page { segment, items: answer.items.unwrap_or_default(), next });
            }
            Err(StoreError::Unavailable(_)) if tries < TRIES => {
                tries += 1;
                table.back_off(tries).await;
            }
            Err(error) => return Err(error),
        }
    }
}
