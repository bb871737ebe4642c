"""The version of KITT: the one in pyproject.toml and CHANGELOG.md (a test holds them together)."""

VERSION = "0.2.0"
