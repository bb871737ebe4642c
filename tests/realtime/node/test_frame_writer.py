from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from realtime.log.read import Entry
from realtime.node.frame_writer import Batch, text_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 1_048_576])
def test_a_frame_is_that_of_the_standard(size: int) -> None:
    data = b"x" * size
    assert text_frame(data) == Frame(Opcode.TEXT, data).serialize(mask=False)


def test_a_batch_is_the_frames_of_its_entries_one_after_another() -> None:
    batch = Batch([Entry(3, "é"), Entry(4, "b")], lambda entry: entry.text)
    assert batch.frames == text_frame("é".encode()) + text_frame(b"b")
    assert (batch.first, batch.last) == (3, 4)
