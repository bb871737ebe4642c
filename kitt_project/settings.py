"""Django settings. Every environment variable that KITT reads is read here, KITT_* through realtime.conf."""

import logging
import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from redis.asyncio.connection import parse_url

from realtime.conf import from_environment
from realtime.version import VERSION

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")


def text(name: str, default: str) -> str:
    """A variable that is set but empty, as in .env.example, counts as not set."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ImproperlyConfigured(f"{name}={value!r}: must be true or false.")
    return value in ("1", "true", "yes", "on")


def secret_key(*, debug: bool) -> str:
    """The key that signs sessions; only a development server may go without one of its own."""
    if not (key := text("SECRET_KEY", "")) and not debug:
        raise ImproperlyConfigured("SECRET_KEY must be set when DEBUG is off.")
    return key or "insecure-development-key-set-SECRET_KEY-before-anyone-else-can-reach-this-server"


def sqlite_synchronous() -> str:
    """FULL: a commit is on the disk. NORMAL is faster, and a loss of power may lose the newest commits."""
    value = text("SQLITE_SYNCHRONOUS", "FULL").upper()
    if value not in ("FULL", "NORMAL"):
        raise ImproperlyConfigured(f"SQLITE_SYNCHRONOUS={value!r}: must be FULL or NORMAL.")
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database URL. The error does not show the URL: it may hold a password."""
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url) if "://" in url else {}
    except ValueError:
        # Its text shows a part of the URL.
        config = {}
    if "." not in config.get("ENGINE", ""):
        raise ImproperlyConfigured("DATABASE_URL must be a URL such as sqlite:////var/lib/kitt/kitt.sqlite3.")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # Without IMMEDIATE, 246 of 320 read-then-write transactions from 8 threads failed: "database is locked".
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sqlite_synchronous()};",
        }
        # A file, because the node's thread and the test must see the same rows.
        config["TEST"] = {"NAME": BASE_DIR / "test.sqlite3"}
    if config["ENGINE"] == "django.db.backends.postgresql":
        config |= {"OPTIONS": postgresql_options(config.get("OPTIONS", {})), "CONN_HEALTH_CHECKS": True}
    return config


def postgresql_options(of_url: dict[str, Any]) -> dict[str, Any]:
    """Limits on both sides of the line: here on silence, there on whoever keeps a stream locked and stands still."""
    limit = KITT.database_timeout
    milliseconds = round(1000 * limit)
    on_server = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    return {
        "options": " ".join(f"-c {name}={milliseconds}" for name in on_server),
        # Whole seconds, and libpq takes no less than 2.
        "connect_timeout": max(2, round(limit)),
        "tcp_user_timeout": milliseconds,
        **of_url,
        # Under ASGI Django keeps no connections of its own; the pool's are borrowed for a request or a transaction.
        "pool": {
            "connection_class": import_string("realtime.bounded_connection.BoundedConnection"),
            "min_size": 1,
            "max_size": 20,
            # Half of it: after a silence Django asks for a new connection before it gives up.
            "timeout": limit / 2,
            # It tries twice and gives up; whoever asks next makes it try again. Its own pauses grow up to minutes.
            "reconnect_timeout": 2,
        },
    }


def upstream(redis_url: str) -> dict[str, Any] | None:
    """The layer between the processes; None where there is only one. The error does not show the URL."""
    if not redis_url:
        return None
    try:
        database_number = parse_url(redis_url).get("db", 0)
    except ValueError:
        raise ImproperlyConfigured("REDIS_URL must be a URL such as redis://localhost:6379/0.") from None
    host = {"address": redis_url, "socket_connect_timeout": 2, "socket_timeout": 2}
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # What is published is heard in every database of a Redis; it must stay in one.
        "CONFIG": {"hosts": [host], "prefix": f"kitt.{database_number}"},
    }


# Core

DEBUG = boolean("DEBUG", default=True)
SECRET_KEY = secret_key(debug=DEBUG)
ALLOWED_HOSTS = [host.strip() for host in text("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")]
KITT = from_environment(os.environ, debug=DEBUG)

# realtime stands before daphne: its runserver extends daphne's.
INSTALLED_APPS = [
    "realtime",
    "monitoring",
    "simulation",
    "daphne",
    "channels",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "kitt_project.apps.KittAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DEFAULT_EXCEPTION_REPORTER = "realtime.error_pages.CarefulReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "realtime.error_pages.CarefulFilter"

ROOT_URLCONF = "kitt_project.urls"
ASGI_APPLICATION = "kitt_project.asgi.application"

# Database

DATABASES = {"default": database(text("DATABASE_URL", f"sqlite:///{BASE_DIR / 'kitt.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Channels

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "realtime.layers.fan_out.FanOutChannelLayer",
        "CONFIG": {"upstream": upstream(text("REDIS_URL", ""))},
    },
}
# Above KITT's own limits, so that an oversize message is answered with an error instead of a dropped connection.
DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = 2 * KITT.inbound_limits.packing_result
DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE

# REST

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["monitoring.caller.CallerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["monitoring.caller.IsKnown"],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "monitoring.api.problems.problem_response",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
REST_DESCRIPTION = """\
Stored messages to read and to publish, and how the server does. What is published here reaches every socket, and the
other way round: [the sockets](/docs/ws/).

With `KITT_AUTH=token`, *Authorize* takes the token that a program would send; staff users who are logged into the
[admin](/admin/) need none.
"""
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "KITT",
    "DESCRIPTION": REST_DESCRIPTION,
    "VERSION": VERSION,
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["monitoring.contract.rest.add_shapes"],
}
# Of a request's body, in bytes: room for a batch. Each message in it has its own limit besides.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * max(KITT.inbound_limits)
CORS_ALLOW_ALL_ORIGINS = "*" in KITT.allowed_origins
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else list(KITT.allowed_origins)

# Where browsers come by https alone. Through the proxy that speaks it, uvicorn learns so from X-Forwarded-Proto.

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = KITT.https
SECURE_HSTS_SECONDS = 30 * 86_400 if KITT.https else 0
SILENCED_SYSTEM_CHECKS = [
    # realtime.W115 says the same with the name of our setting: HSTS, and the two cookies.
    "security.W004",
    "security.W012",
    "security.W016",
    # The proxy's part, and its domain's: what stands beside KITT on the same domain is not ours to speak for.
    "security.W005",
    "security.W008",
    "security.W021",
]

# Passwords, language, time, static files

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True

# Logs: one line an event, on the console and in a file that rotates.

LOG_FILE = Path(text("LOG_FILE", str(BASE_DIR / "logs" / "kitt.log")))
LOG_LEVEL = text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL={LOG_LEVEL!r}: must be DEBUG, INFO, WARNING or ERROR.")
LOG_FILE.parent.mkdir(parents=True, exist_ok=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
            "()": "realtime.logs.UtcFormatter",
        }
    },
    "filters": {
        "our_concern": {"()": "realtime.logs.OurConcern"},
        "one_line_for_strangers": {"()": "realtime.logs.OneLineForStrangers"},
        "no_probes": {"()": "monitoring.logs.NoProbes"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line_for_strangers"]},
        "file": {
            "class": "realtime.logs.PatientFileHandler",
            "filename": LOG_FILE,
            "maxBytes": 10 * 1024 * 1024,
            "backupCount": 5,
            "delay": True,
            "encoding": "utf-8",
            "formatter": "line",
            "filters": ["one_line_for_strangers"],
        },
    },
    "root": {"handlers": ["console", "file"], "level": "WARNING"},
    "loggers": {
        "realtime": {"level": LOG_LEVEL},
        "monitoring": {"level": LOG_LEVEL},
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"filters": ["no_probes"]},
        "django.channels.server": {"level": "INFO"},
        # A traceback a second while Redis is away; realtime.layers.upstream says it once.
        "uvicorn.error": {"filters": ["our_concern"]},
        "channels_redis": {"level": "CRITICAL"},
    },
}
