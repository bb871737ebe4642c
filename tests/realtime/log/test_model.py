"""The log against a model of it: appends, resends, conflicts, batches, prunes and reads, in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from realtime.log.append import Outcome, append
from realtime.log.prune import prune_messages
from realtime.log.read import entries, heads, oldest
from realtime.models import Message, Stream
from realtime.protocol.errors import ProtocolError
from tests.realtime.log.messages import message

Send = tuple[str, str, int]

SENDS = st.tuples(st.sampled_from(["tms", "eld"]), st.sampled_from("abcdef"), st.integers(0, 2))
UNITS = st.lists(st.lists(SENDS, min_size=1, max_size=3), min_size=1, max_size=4)


class LogMachine(RuleBasedStateMachine):
    """`sent` has what is stored, by offset; `pruned` is the offset up to which it was deleted."""

    @initialize()
    def begin(self) -> None:
        Message.objects.all().delete()
        Stream.objects.all().delete()
        self.sent: dict[int, Send] = {}
        self.head = 0

    @rule(units=UNITS)
    def append_units(self, units: list[list[Send]]) -> None:
        batch = [[message(body, sender=sender, id=id) for sender, id, body in unit] for unit in units]
        for unit, outcome in zip(units, append(batch), strict=True):
            assert self.seen(outcome) == self.expected(unit)

    def seen(self, outcome: Outcome) -> list[tuple[int, bool]] | str:
        if isinstance(outcome, ProtocolError):
            return outcome.code
        return [(each.offset, each.repeated) for each in outcome]

    def expected(self, unit: list[Send]) -> list[tuple[int, bool]] | str:
        sent, head, results = dict(self.sent), self.head, []
        for send in unit:
            known = next((offset for offset, other in sent.items() if other[:2] == send[:2]), None)
            if known is not None and sent[known] != send:
                return "conflict"
            if known is None:
                head += 1
                sent[head] = send
            results.append((known or head, known is not None))
        self.sent, self.head = sent, head
        return results

    @rule(share=st.floats(0, 1))
    def prune(self, share: float) -> None:
        upto = int(self.head * share)
        prune_messages(timezone.now() + timedelta(days=1), keep=self.head - upto)
        self.sent = {offset: send for offset, send in self.sent.items() if offset > upto}

    @rule(share=st.floats(0, 1), limit=st.integers(1, 10))
    def resume(self, share: float, limit: int) -> None:
        since = int(self.head * share)
        wanted = [offset for offset in sorted(self.sent) if offset > since][:limit]
        assert [entry.offset for entry in entries("freight", since, self.head, limit)] == wanted

    @invariant()
    def the_log_is_what_the_model_says(self) -> None:
        if hasattr(self, "sent"):
            assert heads()["freight"].offset == self.head
            assert oldest("freight") == min(self.sent, default=None)
            assert list(Message.objects.values_list("offset", flat=True)) == sorted(self.sent)


@pytest.mark.django_db(transaction=True)
def test_the_log_does_what_its_model_does() -> None:
    run_state_machine_as_test(
        LogMachine, settings=settings(max_examples=40, stateful_step_count=15, deadline=None, derandomize=False)
    )
