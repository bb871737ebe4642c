"""The channel layer: groups and channels inside a process, and the way to other processes."""
