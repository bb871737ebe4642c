"""The figures of a soak, as a page."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bench.machine import machine
from realtime.version import VERSION
from tests.soak.memory import Series
from tests.soak.run import Outcome

MIB = 1024 * 1024


def report(outcome: Outcome) -> str:
    sections = [heading(outcome), totals(outcome), faults(outcome), ends(outcome), memory(outcome), problems(outcome)]
    return "\n\n".join(sections) + "\n"


def heading(outcome: Outcome) -> str:
    plan = outcome.plan
    return (
        f"# A soak of {outcome.seconds / 60:.0f} minutes\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, KITT {VERSION}, {machine()}. Three `serve` processes on one PostgreSQL and one"
        f" Redis, all on this machine, with the clients. {plan.clients} clients that come and go, {plan.publishers} of"
        f" them publishing {plan.rate:.0f} messages/s together, over the three endpoints; a fault every"
        f" {plan.every_s:.0f} s, drawn with the seed {plan.seed}.\n\n"
        f"**{verdict(outcome)}**"
    )


def verdict(outcome: Outcome) -> str:
    found = len(outcome.accounts.problems)
    return f"{found} problems." if found else "Everything is accounted for."


def totals(outcome: Outcome) -> str:
    accounts = outcome.accounts
    waits = sorted(wait for _, wait in accounts.waits)
    rows = {
        "messages in the log": f"{outcome.stored:,}",
        "of them acknowledged to a publisher of the soak": f"{len(accounts.told):,}",
        "deliveries, each the next of its client": f"{accounts.deliveries:,}",
        "connections that were welcomed": f"{accounts.welcomes:,}",
        "acknowledged after: median, p99, longest": f"{statistics.median(waits) * 1000:.0f} ms,"
        f" {waits[len(waits) * 99 // 100] * 1000:.0f} ms, {waits[-1]:.1f} s",
        "not sent, because 30 were unacknowledged": f"{outcome.held_back:,}",
        "connection table true after the last fault": f"{outcome.table_after_s:.1f} s",
        "longest lag of the clients' own loop": f"{outcome.longest_lag:.2f} s",
    }
    return table(("", ""), rows.items())


def faults(outcome: Outcome) -> str:
    rows = [
        (
            minutes(each.at),
            each.name,
            each.detail,
            counted({f"{code} ({cause})": count for (cause, code), count in each.ends.items()}),
            counted(each.refusals),
            f"{each.longest_wait:.1f} s",
        )
        for each in outcome.faults
    ]
    head = ("at", "fault", "", "connections ended", "connects refused", "longest wait for an acknowledgement")
    return "## The faults\n\n" + table(head, rows)


def minutes(seconds: float) -> str:
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"


def counted(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count} times {name}" for name, count in sorted(found.items())) or "none"


def ends(outcome: Outcome) -> str:
    rows = [(cause, str(code), str(count)) for (cause, code), count in sorted(outcome.accounts.ends.items())]
    strangers = [
        (name.replace("_", " "), str(code), str(count)) for (name, code), count in sorted(outcome.strangers.items())
    ]
    return (
        "## Why connections ended\n\nThose of the clients that did not leave by themselves:\n\n"
        + table(("cause", "close code", "connections"), rows)
        + "\n\nThose of the clients that misbehaved, in the connection table:\n\n"
        + table(("behaviour", "close code", "connections"), strangers)
    )


def memory(outcome: Outcome) -> str:
    rows = [memory_row(name, series) for name, series in outcome.memory.series.items()]
    return (
        "## Memory\n\nProportional set size, sampled every 5 s. The plateau is the median of the second third of a"
        " process' life, its end the median of its last minute; a process that lived for less than 10 minutes"
        " has neither: the newest 5,000 messages or 8 MiB of each stream, which it keeps, take five of them.\n\n"
        + table(("process", "lived", "plateau", "most", "end", "change"), rows)
    )


def memory_row(name: str, series: Series) -> tuple[str, ...]:
    most = max(size for _, size in series.samples)
    judged = (f"{series.plateau / MIB:.1f} MiB", f"{series.end / MIB:.1f} MiB", f"{series.change:+.1%}")
    plateau, end, change = judged if series.is_judged else ("", "", "")
    return name, minutes(series.seconds), plateau, f"{most / MIB:.1f} MiB", end, change


def problems(outcome: Outcome) -> str:
    found = outcome.accounts.problems
    return "## Problems\n\n" + ("\n".join(f"- {text}" for text in found) or "None.")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
