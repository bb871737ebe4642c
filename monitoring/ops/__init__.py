"""The operators' page: nodes, connections, streams and disconnects, as they are now. For staff."""
