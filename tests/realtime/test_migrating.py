"""Migrations on PostgreSQL are not cut off."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.postgres import Postgres
from tests.servers import ROOT

ASK = """
from django.db import connection
from realtime.migrating import be_patient
be_patient("default")
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0], connection.connection.is_patient)
"""


def test_a_migration_may_take_its_time(own_postgres: Postgres) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", ASK]
    environment = {**os.environ, "DATABASE_URL": own_postgres.url}
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert finished.stdout == "0 True\n", finished.stderr
