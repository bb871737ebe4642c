"""The socket's edge: consumers translate between a WebSocket and the services."""
