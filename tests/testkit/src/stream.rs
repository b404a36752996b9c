//! The stream records of a table, as Lambda reads them.

use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;

/// A consumer of a table's stream. It returns each record once; the caller keeps those that it must retry.
pub struct Stream {
    database: dynoxide::Database,
    table: String,
    /// One for each shard.
    iterators: Vec<String>,
}

impl Stream {
    pub(crate) fn new(database: dynoxide::Database, table: String) -> Self {
        Self { database, table, iterators: Vec::new() }
    }

    /// The records since the last call, oldest first, as Lambda passes them to a function.
    pub fn read(&mut self) -> Vec<serde_json::Value> {
        if self.iterators.is_empty() {
            self.iterators = self.beginning();
        }
        let mut records = Vec::new();
        for iterator in &mut self.iterators {
            loop {
                let request = GetRecordsRequest { shard_iterator: iterator.clone(), limit: None };
                let page = self.database.get_records(request).expect("a stream's records");
                *iterator = page.next_shard_iterator.expect("an open shard");
                if page.records.is_empty() {
                    break;
                }
                let page = page.records.into_iter();
                records.extend(page.map(|record| serde_json::to_value(record).expect("a record is JSON")));
            }
        }
        records
    }

    fn beginning(&self) -> Vec<String> {
        let request = DescribeTableRequest { table_name: self.table.clone() };
        let table = self.database.describe_table(request).expect("the table exists").table;
        let stream_arn = table.latest_stream_arn.expect("template.yaml gives the table a stream");
        let request = DescribeStreamRequest { stream_arn: stream_arn.clone(), ..DescribeStreamRequest::default() };
        let shards = self.database.describe_stream(request).expect("the stream exists").stream_description.shards;
        let shards = shards.into_iter().map(|shard| {
            let request = GetShardIteratorRequest {
                stream_arn: stream_arn.clone(),
                shard_id: shard.shard_id,
                shard_iterator_type: "TRIM_HORIZON".to_owned(),
                sequence_number: None,
            };
            self.database.get_shard_iterator(request).ok().and_then(|answer| answer.shard_iterator)
        });
        shards.map(|iterator| iterator.expect("an iterator")).collect()
    }
}
