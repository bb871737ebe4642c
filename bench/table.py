"""The results as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from bench.aims import Aim, Outcome, Results, outcomes
from bench.servers import SERVERS

LOAD_AT_ITS_LIMIT = 0.95
"""Of its core; above that the server might have done more."""

CELL_HEADER = ("1 in flight", "16", "64", "256")


def page(results: Results) -> str:
    parts = [
        "# Latest results",
        f"{results['date']}, {results['machine']}. {results['cores']}",
        "\n".join(f"- {name}: {text}" for name, text in results["versions"].items()),
        *left_out(results),
        *(["A quick look, with a tenth of the connections: no measure of the aims."] if results["quick"] else []),
        "## Against the aims",
        aims_table(outcomes(results)),
        "![Deliveries a second, by server and messages in flight](latest.svg)",
        "## 200 subscribers, messages of 250 bytes",
        "Deliveries a second, and in brackets the p50 and p99 latency of a delivery in milliseconds; medians of the "
        "rounds. †: the load generator was at its own limit. "
        f"The load generator alone, with a server that does nothing else: {results['ceiling']:,.0f} deliveries/s at "
        "64 in flight.",
        broadcast_table(results),
        "## Connections",
        connections_table(results),
    ]
    return "\n\n".join(parts) + "\n"


def left_out(results: Results) -> list[str]:
    lines = [f"- Left out: {label}: {reason}." for label, reason in results["left_out"].items()]
    lines += [f"- Failed: {failure}." for failure in results["failures"]]
    return ["\n".join(lines)] if lines else []


def aims_table(every: list[Outcome]) -> str:
    return rows(
        ("", "against", "aim", "measured", ""),
        [(*row(outcome.aim), measured(outcome), verdict(outcome)) for outcome in every],
    )


def row(aim: Aim) -> tuple[str, str, str]:
    bound = f"≥ {aim.at_least:g}" if aim.at_least is not None else f"≤ {aim.at_most:g}"
    return aim.name, aim.against, f"{bound} {aim.unit}"


def measured(outcome: Outcome) -> str:
    return "" if outcome.value is None else f"{outcome.value:.2f} {outcome.aim.unit}"


def verdict(outcome: Outcome) -> str:
    if outcome.value is None:
        return "not measured"
    return "reached" if outcome.reached else "**not reached**"


def broadcast_table(results: Results) -> str:
    lines = [
        (SERVERS[name].label, *(broadcast_cell(cells.get(count)) for count in ("1", "16", "64", "256")))
        for name, cells in results["broadcast"].items()
    ]
    return rows(("", *CELL_HEADER), lines)


def broadcast_cell(figures: Results | None) -> str:
    if figures is None:
        return ""
    if "failed" in figures:
        return "failed"
    mark = " †" if figures["load_cpu"] >= LOAD_AT_ITS_LIMIT else ""
    return f"{figures['deliveries_per_s']:,.0f} ({figures['p50_ms']:.1f}, {figures['p99_ms']:.1f}){mark}"


def connections_table(results: Results) -> str:
    lines = [
        (
            f"{figures['connections']:,.0f} subscribers, 10 messages/s, {SERVERS[name].label}: p50, p99, max",
            milliseconds(figures),
        )
        for name, figures in results["far"].items()
    ]
    if "p99_ms" in (crowd := results["crowd"]):
        lines += [
            (f"{crowd['connections']:,} connections, 1 message/s, none missing: p50, p99, max", milliseconds(crowd)),
            ("memory of each while idle", f"{crowd['bytes_each_connected']:,.0f} bytes"),
            ("memory of each after these messages", f"{crowd['bytes_each_measured']:,.0f} bytes"),
        ]
    lines += [
        (f"connects/s, {name}", f"{figures['per_s']:,.0f} (p99 {figures['p99_ms']:.0f} ms)")
        for name, figures in results["connect"].items()
    ]
    lines += [(COST_NAMES[name], f"{value:.2f} µs") for name, value in results["cost"].items()]
    lines += [
        (
            f"messages/s inbound, {name} connection(s)",
            f"{figures['messages_per_s']:,.0f} (p99 {figures['p99_ms']:.0f} ms)",
        )
        for name, figures in results["inbound"].items()
    ]
    return rows(("", ""), lines)


COST_NAMES = {
    "few": "CPU of a delivery, 100 subscribers, 500 messages/s, the message's own cost included",
    "many": "CPU of a delivery, 10,000 subscribers, 5 messages/s, the message's own cost included",
    "one": "CPU of a message with one subscriber, 500 messages/s",
}


def milliseconds(figures: Results) -> str:
    return f"{figures['p50_ms']:.1f}, {figures['p99_ms']:.1f}, {figures['max_ms']:.1f} ms"


def rows(header: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    every = [header, ("---",) * len(header), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in every)
