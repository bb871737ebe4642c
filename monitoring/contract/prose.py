"""Sentences of the documents, for a page."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """A part of a sentence, which may be a name of the protocol."""

    text: str
    is_code: bool


Prose = list[Piece]


def paragraphs(text: str) -> list[Prose]:
    return [pieces(each) for each in text.strip().split("\n\n")]


def pieces(text: str) -> Prose:
    """What stands between backticks is code."""
    return [Piece(part, index % 2 == 1) for index, part in enumerate(text.split("`"))]
