"""Fixtures for tests that talk to a real server."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres, redis
from tests.needs import require
from tests.postgres import Postgres, create_database, running_postgres
from tests.redis import Redis, running_redis
from tests.servers import Server, migrate, migrate_url, running

pytest_plugins = ["tests.skips"]

# Hypothesis would fail a test for an example that took 0.2 s, as on a busy machine.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, help="keep the pictures of the pages in this folder")


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database to copy: it costs one run of `migrate` for the whole session."""
    database = tmp_path_factory.mktemp("template") / "kitt.sqlite3"
    migrate(database)
    return database


@pytest.fixture(scope="session", params=["runserver", "serve"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_database: Path
) -> Iterator[Server]:
    """A server of each kind that many tests share; each has its own clients."""
    with running(request.param, tmp_path_factory.mktemp("server"), migrated_database) as started:
        yield started


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL that nobody takes away."""
    with postgres_of_the_suite(tmp_path_factory.mktemp("postgres")) as started:
        yield started.url


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A real PostgreSQL of this test's own."""
    with postgres_of_the_suite(tmp_path) as started:
        yield started


@contextmanager
def postgres_of_the_suite(folder: Path) -> Iterator[Postgres]:
    """With its log in `folder`, and its data elsewhere.

    Every session of pytest that starts, also one within a test, takes from other users, and so from PostgreSQL's own,
    the right to enter pytest's folder of temporary ones: a restart then failed.
    """
    require(postgres.find_binary("postgres"), NO_POSTGRES)
    with (
        tempfile.TemporaryDirectory(prefix="kitt-postgres-") as data,
        running_postgres(Path(data), log=folder / "postgres.log") as started,
    ):
        yield started


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The name of a database on it to copy."""
    name = "kitt_template"
    migrate_url(create_database(postgres_url, name))
    return name


@pytest.fixture
def own_postgres_url(postgres_url: str, migrated_postgres: str) -> str:
    """A migrated database of this test's own, on the shared PostgreSQL."""
    return create_database(postgres_url, f"kitt_{uuid.uuid4().hex}", migrated_postgres)


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A real Redis that nobody takes away."""
    require(redis.find_binary(), NO_REDIS)
    with running_redis(tmp_path_factory.mktemp("redis")) as started:
        yield started


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """A real Redis of this test's own."""
    require(redis.find_binary(), NO_REDIS)
    with running_redis(tmp_path) as started:
        yield started


NO_POSTGRES = "no PostgreSQL server binary: apt-get install postgresql"
NO_REDIS = "no Redis server binary: apt-get install redis-server"
