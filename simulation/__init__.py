"""A carrier that does not exist, for demonstrations: publishes its day through KITT's own door."""
