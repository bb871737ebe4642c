"""A server that stands still is given up, and a slow one is not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from pytest_django import Settings

from realtime.bounded_connection import BoundedConnection, SilenceError
from realtime.conf import KittSettings
from tests.postgres import Postgres

LIMIT_S = 0.5


@pytest.fixture
def connection(own_postgres: Postgres, settings: Settings) -> Iterator[psycopg.Connection]:
    settings.KITT = KittSettings(database_timeout=LIMIT_S)
    with BoundedConnection.connect(own_postgres.url, autocommit=True) as connection:
        yield connection


def test_a_server_that_stands_still_is_given_up_with_its_connection(
    connection: psycopg.Connection, own_postgres: Postgres
) -> None:
    own_postgres.pause()
    try:
        with pytest.raises(SilenceError):
            connection.execute("SELECT 1")
    finally:
        own_postgres.resume()
    assert connection.closed


def test_an_error_of_the_servers_costs_a_statement_and_not_the_connection(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM nothing")
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_migration_is_waited_for(connection: psycopg.Connection) -> None:
    vars(connection)["is_patient"] = True
    assert connection.execute(f"SELECT pg_sleep({2 * LIMIT_S})").fetchall()
