"""The progress bar of commands."""

from __future__ import annotations

from io import StringIO

from realtime.management.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_shows_how_much_is_done() -> None:
    progress = Progress(Terminal(), 2000, "messages")
    progress.advance(1000)
    assert progress.text() == f"[{'#' * 15}{'.' * 15}]  50%  1,000 of 2,000 messages"


def test_without_a_total_the_count_is_shown() -> None:
    progress = Progress(Terminal(), 0, "bytes")
    progress.advance(1234)
    assert progress.text() == "1,234 bytes"


def test_a_bar_never_shows_more_than_everything() -> None:
    progress = Progress(Terminal(), 1, "messages")
    progress.advance(2)
    assert "100%" in progress.text()


def test_on_a_terminal_the_end_is_drawn() -> None:
    terminal = Terminal()
    with Progress(terminal, 2, "messages") as progress:
        progress.advance(2)
    assert terminal.getvalue().endswith("100%  2 of 2 messages\n")


def test_elsewhere_nothing_is_drawn() -> None:
    file = StringIO()
    with Progress(file, 2, "messages") as progress:
        progress.advance(2)
    assert file.getvalue() == ""
