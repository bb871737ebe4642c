"""The payload of every message type: one file a type, and the shapes that several of them share."""
