"""Migrations on PostgreSQL are not cut off; this runs with the tests on a real one."""

from __future__ import annotations

import pytest
from django.db import connection

from realtime.migrating import be_patient


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limits")
def test_a_migration_may_take_its_time() -> None:
    be_patient("default")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    assert connection.connection.is_patient
    # Not back into the pool.
    connection.connection.close()
