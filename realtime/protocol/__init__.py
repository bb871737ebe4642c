"""The `kitt.v1` protocol in pure Python: no Django, no I/O, no clock of its own."""
