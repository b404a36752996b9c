//! For tests: an in-process DynamoDB with the tables of template.yaml, a fixed clock, seeded randomness.
