//! Reconciliation finds nothing in books that the rules made, whatever happened, and everything that is wrong in others.

mod corruptions;
mod histories;
mod shop;
