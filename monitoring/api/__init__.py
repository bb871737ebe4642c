"""REST for messages: read the log, and publish."""
