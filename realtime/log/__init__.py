"""The durable log: how messages get into it, and how they are read."""
