"""The way into the log: the one door, and what reads messages for it."""
