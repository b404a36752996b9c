//! Scans a whole table page by page, several segments concurrently. For reconciliation only: requests never scan.

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use tokio::sync::mpsc;

use crate::StoreError;
use crate::table::{Item, Table};

/// Maximum retries of a page if DynamoDB is unavailable, in addition to the SDK's own retries.
const MAX_ATTEMPTS: u32 = 4;
/// Maximum items of one page. DynamoDB also limits a page to 1 MB.
const PAGE_ITEMS: i32 = 1_000;

/// Where to start in a segment.
#[derive(Debug, Clone)]
pub(crate) enum From {
    Start,
    After(Item),
    /// The segment has been read completely.
    End,
}

/// A page of one segment.
pub(crate) struct Page {
    pub(crate) segment: usize,
    pub(crate) items: Vec<Item>,
    /// Where the next page starts.
    pub(crate) next: From,
}

/// The pages of all segments as they arrive, strongly consistent. Pages of one segment keep their order. Buffers at most
/// two pages for each segment. The scan ends when the receiver is dropped.
///
/// `shape` adds a filter or a projection to each request.
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
                    return; // the receiver was dropped
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
    let mut attempt = 0;
    loop {
        let request = table.client.scan().table_name(&table.name).consistent_read(true).limit(PAGE_ITEMS);
        let request = request.segment(i32::try_from(segment).unwrap_or(i32::MAX)).total_segments(total);
        match shape(request).set_exclusive_start_key(start.clone()).send().await.map_err(StoreError::from) {
            Ok(answer) => {
                let next = answer.last_evaluated_key.filter(|key| !key.is_empty()).map_or(From::End, From::After);
                return Ok(Page { segment, items: answer.items.unwrap_or_default(), next });
            }
            Err(StoreError::Unavailable(_)) if attempt < MAX_ATTEMPTS => {
                attempt += 1;
                table.back_off(attempt).await;
            }
            Err(error) => return Err(error),
        }
    }
}
