"""What can be learned from failures: the log, the record of each model, the report for a bug."""
