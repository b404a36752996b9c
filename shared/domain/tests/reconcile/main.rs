//! Reconciliation reports no discrepancy for any history that follows the rules, and every discrepancy in corrupted
//! data.

mod corruptions;
mod histories;
mod shop;
