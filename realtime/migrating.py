"""What is different while `manage.py migrate` runs."""

from __future__ import annotations

from django.db import connections


def be_patient(using: str, **signal: object) -> None:
    """An index on a large table takes its time. It takes KITT_DATABASE_TIMEOUT at most to get the lock for it."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        connection.connection.is_patient = True
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
