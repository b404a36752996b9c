//! Scans a whole table page by page, several segments concurrently. For reconciliation only: requests never scan.

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use tokio::sync::mpsc;

use crate::StoreError;
use crate::table::{Item, Table};

/// Maximum retries of a page if DynamoDB is unavailable, in addition to the SDK's own retries.
const MAX_RETRIES: u32 = 4;
/// Maximum items of one page. DynamoDB also limits a page to 1 MB.
const PAGE_ITEMS: i32 = 1_000;

/// A position in a segment: where its scan starts or continues.
#[derive(Debug, Clone)]
pub(crate) enum ScanPosition {
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
    pub(crate) next: ScanPosition,
}

/// The pages of all segments as they arrive, strongly consistent. Pages of one segment keep their order. Buffers at
/// most two pages for each segment. The scan ends when the receiver is dropped.
///
/// `customize` adds a filter or a projection to each request.
pub(crate) fn scan(
    table: &Table,
    segments: Vec<ScanPosition>,
    customize: fn(ScanFluentBuilder) -> ScanFluentBuilder,
) -> mpsc::Receiver<Result<Page, StoreError>> {
    let (sender, receiver) = mpsc::channel(segments.len().max(1));
    let total = i32::try_from(segments.len()).unwrap_or(i32::MAX);
    for (segment, from) in segments.into_iter().enumerate() {
        let (table, sender) = (table.clone(), sender.clone());
        tokio::spawn(async move {
            let mut from = from;
            while !matches!(from, ScanPosition::End) {
                let page = page(&table, segment, total, from, customize).await;
                from = page.as_ref().map_or(ScanPosition::End, |page| page.next.clone());
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
    from: ScanPosition,
    customize: fn(ScanFluentBuilder) -> ScanFluentBuilder,
) -> Result<Page, StoreError> {
    let start = if let ScanPosition::After(key) = from { Some(key) } else { None };
    let mut retries = 0;
    loop {
        let request = table.client.scan().table_name(&table.name).consistent_read(true).limit(PAGE_ITEMS);
        let request = request.segment(i32::try_from(segment).unwrap_or(i32::MAX)).total_segments(total);
        match customize(request).set_exclusive_start_key(start.clone()).send().await.map_err(StoreError::from) {
            Ok(answer) => {
                let next = answer
                    .last_evaluated_key
                    .filter(|key| !key.is_empty())
                    .map_or(ScanPosition::End, ScanPosition::After);
                return Ok(Page { segment, items: answer.items.unwrap_or_default(), next });
            }
            Err(StoreError::Unavailable(_)) if retries < MAX_RETRIES => {
                retries += 1;
                table.back_off(retries).await;
            }
            Err(error) => return Err(error),
        }
    }
}
