//! The index on a real OpenSearch: the one that `SOUK_CONTRACT_OPENSEARCH` names (`http://127.0.0.1:9200`). Without it
//! these tests are skipped with a message; CI sets it.

mod cluster;
mod collections;
mod fixture;
mod plurals;
mod scripts;
mod searching;
mod suggesting;
mod unavailable;
mod writing;
