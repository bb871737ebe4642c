"""The servers that KITT runs under."""
