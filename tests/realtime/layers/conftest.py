from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from kitt_project.settings import upstream
from realtime.layers.fan_out import FanOutChannelLayer
from tests.proxy import Proxy
from tests.redis import Redis

NewLayer = Callable[..., FanOutChannelLayer]


@pytest_asyncio.fixture
async def layer_on() -> AsyncIterator[Callable[..., FanOutChannelLayer]]:
    """Layers as the settings make them, each as if in a process of its own: `layer_on(redis, capacity=3)`.

    Through a proxy it is `layer_on(proxy)`; without any upstream `layer_on(None)`.
    """
    made: list[FanOutChannelLayer] = []

    def make(at: Redis | Proxy | None, database: int = 0, **config: Any) -> FanOutChannelLayer:
        url = f"redis://127.0.0.1:{at.port}/{database}" if at else ""
        made.append(FanOutChannelLayer(upstream=upstream(url), **config))
        return made[-1]

    yield make
    for layer in made:
        await layer.close()


@pytest.fixture(params=["embedded", "redis"])
def new_layer(request: pytest.FixtureRequest, layer_on: NewLayer) -> NewLayer:
    """The same with each upstream: `new_layer(capacity=3)`."""
    redis = request.getfixturevalue("shared_redis") if request.param == "redis" else None
    return lambda **config: layer_on(redis, **config)
