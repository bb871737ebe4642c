"""A stream in one of the formats that its sockets chose."""

from __future__ import annotations

from realtime.log.read import Entry
from realtime.protocol.formats import KITT, Format

MAX_CHARACTERS = 512 * 1024


class Edition:
    """The group of those sockets, and the text that they get for a message: made once for all that want it about now.

    Nothing is made, or kept, where there are none.
    """

    def __init__(self, form: Format, endpoint: str) -> None:
        self.form = form
        self.endpoint = endpoint
        self.group = f"kitt.{endpoint}.{form.subprotocol}"
        self.clear()

    def clear(self) -> None:
        self.texts: dict[int, str] = {}
        self.characters = 0

    def text_of(self, entry: Entry) -> str:
        if self.form is KITT:
            return entry.text
        text = self.texts.get(entry.offset)
        if text is None:
            text = self.form.encode(entry.text, self.endpoint)
            self.keep(entry.offset, text)
        return text

    def keep(self, offset: int, text: str) -> None:
        self.texts[offset] = text
        self.characters += len(text)
        while self.characters > MAX_CHARACTERS and len(self.texts) > 1:
            self.characters -= len(self.texts.pop(next(iter(self.texts))))
