"""A server process as a node: its sockets, its lease, and what it writes of them into the connection table."""
