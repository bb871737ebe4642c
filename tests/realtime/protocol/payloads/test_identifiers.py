"""Check digits of GS1 keys and of ISO 6346 container numbers."""

import pytest

from realtime.protocol.payloads.identifiers import LETTER_VALUES, gs1_fits, iso6346_fits


@pytest.mark.parametrize("number", ["96385074", "036000291452", "4006381333931", "0614141000005", "106141412345678908"])
def test_a_gs1_number_with_its_check_digit_fits(number: str) -> None:
    assert gs1_fits(number)


@pytest.mark.parametrize("place", range(13))
def test_one_wrong_digit_of_a_gs1_number_is_noticed(place: int) -> None:
    digits = list("4006381333931")
    digits[place] = str((int(digits[place]) + 1) % 10)
    assert not gs1_fits("".join(digits))


@pytest.mark.parametrize("number", ["CSQU3054383", "MSCU6639870", "TGHU7599330"])
def test_a_container_number_with_its_check_digit_fits(number: str) -> None:
    assert iso6346_fits(number)


def test_a_remainder_of_ten_is_written_as_zero() -> None:
    assert iso6346_fits("MSCU0000060")


def test_a_wrong_container_check_digit_is_noticed() -> None:
    assert not iso6346_fits("CSQU3054384")


def test_letter_values_leave_out_the_multiples_of_eleven() -> None:
    assert (LETTER_VALUES["A"], LETTER_VALUES["B"], LETTER_VALUES["K"], LETTER_VALUES["Z"]) == (10, 12, 21, 38)
