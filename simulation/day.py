"""A carrier's day: every truck and every hindrance in one order of time."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from random import Random

from simulation.events import MINUTE, Clock, Event
from simulation.hindrances import Hindrances
from simulation.truck import Truck

STORMS, INCIDENTS = 4, 8
Life = Iterator[float | Event]


def day(seed: int, trucks: int, clock: Clock) -> Iterator[tuple[float, Event]]:
    """Every event with its simulated seconds since the start, in order, without an end. The seed decides them all."""
    random = Random(seed)
    hindrances = Hindrances(Random(random.getrandbits(64)), clock)
    numbers = count(1)
    lives: list[Life] = [hindrances.storms(each * 2 * MINUTE) for each in range(STORMS)]
    lives += [hindrances.incidents(each * 3 * MINUTE) for each in range(INCIDENTS)]
    lives += [
        Truck(Random(random.getrandbits(64)), clock, numbers, number, hindrances).life()
        for number in range(1, trucks + 1)
    ]
    return merged(lives)


def merged(lives: list[Life]) -> Iterator[tuple[float, Event]]:
    waiting = [(0.0, place, life) for place, life in enumerate(lives)]
    while waiting:
        now, place, life = heappop(waiting)
        for step in life:
            if isinstance(step, Event):
                yield now, step
            else:
                heappush(waiting, (now + step, place, life))
                break
