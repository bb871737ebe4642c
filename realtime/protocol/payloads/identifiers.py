"""Numbers that carry a check digit: GS1 keys (GLN, GTIN, SSCC) and ISO 6346 container numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from string import ascii_uppercase
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.common import END

Gln = Annotated[str, Meta(pattern="^[0-9]{13}" + END, description="13 digits, GS1 GLN")]
Gtin = Annotated[str, Meta(pattern="^([0-9]{8}|[0-9]{12,14})" + END, description="8, 12, 13 or 14 digits, GS1 GTIN")]
Sscc = Annotated[str, Meta(pattern="^[0-9]{18}" + END, description="18 digits, GS1 SSCC")]
ContainerNumber = Annotated[
    str,
    Meta(
        pattern="^[A-Z]{3}[UJZ][0-9]{7}" + END,
        description="3 capitals, U, J or Z, then 7 digits, ISO 6346",
    ),
]

# ISO 6346 counts A as 10 and leaves out the multiples of 11.
LETTER_VALUES = dict(zip(ascii_uppercase, (n for n in range(10, 39) if n % 11), strict=True))


def gs1_fits(number: str) -> bool:
    """Whether a string of digits ends with its GS1 mod-10 check digit."""
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    return sum(weighted) % 10 == 0


def iso6346_fits(number: str) -> bool:
    """Whether an 11-character container number ends with its ISO 6346 check digit (mod 11, 10 is written 0)."""
    values = (LETTER_VALUES[char] if char in LETTER_VALUES else int(char) for char in number[:-1])
    return sum(value << place for place, value in enumerate(values)) % 11 % 10 == int(number[-1])


def check_digit_errors(number: str | UnsetType, path: str, fits: Callable[[str], bool]) -> Iterator[FieldError]:
    """A number that is given must end with the check digit that `fits` asks for."""
    if number is not UNSET and not fits(number):
        yield FieldError(path, "bad_format", "must end with the right check digit")
