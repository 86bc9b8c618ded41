"""What goes through ProxySQL: rules that match, kinds of commands, errors, digests."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column
from opsconsole.domains.database.discretion import discreet
from opsconsole.domains.database.proxysql.asking import (
    Cell,
    answered,
    at,
    grown,
    maybe,
    number,
    rate,
    rows,
    text,
    whole,
)
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


class QueryRule(NamedTuple):
    """A rule as it is in the runtime."""

    id: Cell
    user: Cell
    schema: Cell
    digest: Cell
    match_digest: Cell
    match_pattern: Cell
    hostgroup: Cell
    cache_ttl: Cell
    apply: Cell
    comment: Cell


class Command(NamedTuple):
    """A kind of command, since ProxySQL started."""

    name: Cell
    micros: Cell
    calls: Cell
    slow: Cell


class Failure(NamedTuple):
    """An error that a server answered, by who asked."""

    hostgroup: Cell
    host: Cell
    port: Cell
    user: Cell
    client: Cell
    schema: Cell
    code: Cell
    times: Cell
    first: Cell
    last: Cell
    message: Cell


class Traffic(NamedTuple):
    """All of it at one moment."""

    at: float | None
    hits: Mapping[str, float | None]
    rules: Mapping[str, QueryRule]
    commands: Mapping[str, Command]
    errors: list[Failure]


def read(payload: bytes) -> Traffic:
    """One answer of the exchange `traffic`; what rules say is empty for who may only read stats."""
    parts = answered("traffic", payload)
    return Traffic(
        at(parts),
        {str(name): number(hits) for name, hits in rows(parts, "hits", tuple[Cell, Cell])},
        {str(one.id): one for one in maybe(parts, "rules", QueryRule) or []},
        {str(one.name): one for one in rows(parts, "commands", Command)},
        rows(parts, "errors", Failure),
    )


def rule_rows(now: Traffic, before: Traffic | None) -> list[Row]:
    """One row per active rule, in the order in which they are tried."""
    was: Mapping[str, float | None] = before.hits if before else {}
    then = before.at if before else None
    ordered = sorted(now.hits, key=lambda name: number(name) or 0.0)
    return [
        (
            text(name, 12),
            now.hits[name],
            rate(grown(now.hits[name], was.get(name)), now.at, then),
            *_rule(now.rules.get(name)),
        )
        for name in ordered
    ]


def _rule(rule: QueryRule | None) -> Row:
    if rule is None:
        return (None,) * 7
    matched = rule.match_digest or rule.match_pattern or rule.digest
    return (
        clean(discreet(str(matched or ""))[:2000], 300),
        text(rule.user),
        text(rule.schema),
        text(rule.hostgroup, 12),
        whole(rule.cache_ttl),
        number(rule.apply) == 1,
        text(rule.comment, 120),
    )


def command_rows(now: Traffic, before: Traffic | None) -> list[Row]:
    """One row per kind of command that ever came."""
    was: Mapping[str, Command] = before.commands if before else {}
    return [_command(now, one, was.get(name), before) for name, one in now.commands.items()]


def _command(now: Traffic, one: Command, was: Command | None, before: Traffic | None) -> Row:
    calls, micros = number(one.calls), number(one.micros)
    then = before.at if before else None
    more = grown(calls, number(was.calls) if was else None)
    spent = rate(grown(micros, number(was.micros) if was else None), now.at, then)
    return (
        text(one.name, 40),
        calls,
        rate(more, now.at, then),
        micros / calls / 1000 if micros is not None and calls else None,
        None if spent is None else spent / 1e4,
        number(one.slow),
        grown(number(one.slow), number(was.slow) if was else None),
    )


def error_rows(now: Traffic, _before: Traffic | None) -> list[Row]:
    """One row per error, the newest first."""
    return [
        (
            text(one.hostgroup, 12),
            clean(f"{text(one.host, 253)}:{text(one.port, 8)}"),
            text(one.user),
            text(one.client, 128),
            text(one.schema),
            text(one.code, 8),
            number(one.times),
            number(one.first),
            number(one.last),
            text(discreet(str(one.message or "")[:2000]), 400),
        )
        for one in now.errors
    ]


class Digest(NamedTuple):
    """One kind of statement, since ProxySQL started or somebody emptied the table."""

    hostgroup: Cell
    schema: Cell
    user: Cell
    client: Cell
    digest: Cell
    text: Cell
    calls: Cell
    last: Cell
    micros: Cell
    least: Cell
    most: Cell
    affected: Cell
    sent: Cell

    @property
    def place(self) -> tuple[Cell, ...]:
        """What tells it from all others."""
        return self[:5]


class Digests(NamedTuple):
    """Those with the most time, at one moment."""

    at: float | None
    found: Mapping[tuple[Cell, ...], Digest]


def read_digests(payload: bytes) -> Digests:
    """One answer of the exchange `digests`."""
    parts = answered("digests", payload)
    return Digests(at(parts), {one.place: one for one in rows(parts, "digests", Digest)})


def digest_rows(now: Digests, before: Digests | None) -> list[Row]:
    """One row per digest, the most time first."""
    was: Mapping[tuple[Cell, ...], Digest] = before.found if before else {}
    then = before.at if before else None
    return [_digest(now, one, was.get(place), then) for place, one in now.found.items()]


def _digest(now: Digests, one: Digest, was: Digest | None, then: float | None) -> Row:
    calls, micros = number(one.calls), number(one.micros)
    more = grown(calls, number(was.calls) if was else None)
    spent = rate(grown(micros, number(was.micros) if was else None), now.at, then)
    return (
        text(one.hostgroup, 12),
        text(one.schema),
        text(one.user),
        text(one.client, 128),
        text(one.digest),
        rate(more, now.at, then),
        None if spent is None else spent / 1e4,
        calls,
        None if micros is None else micros / 1e6,
        micros / calls / 1000 if micros is not None and calls else None,
        _milliseconds(one.least),
        _milliseconds(one.most),
        number(one.sent),
        number(one.affected),
        number(one.last),
        _shown(one.text),
    )


def _milliseconds(cell: Cell) -> float | None:
    found = number(cell)
    return None if found is None else found / 1000


def _shown(cell: Cell) -> Clean:
    return text(discreet(str(cell or "")[:4000]), 1000)


_HITS, _RULES = "stats_mysql_query_rules", "runtime_mysql_query_rules"
_COMMANDS, _ERRORS = "stats_mysql_commands_counters", "stats_mysql_errors"
_DIGEST = "stats_mysql_query_digest"

RULE = Probe(
    "proxysql.rule",
    "Query rules",
    "traffic",
    (
        column("rule", "RULE", f"{_HITS} rule_id"),
        column("hits", "HITS", f"{_HITS} hits, since the rules were loaded", Quantity.COUNT),
        column("hits_per_s", "HITS/S", f"{_HITS} hits", Quantity.PER_S),
        column("matches", "MATCHES", f"{_RULES} match_digest, match_pattern or digest"),
        column("user", "USER", f"{_RULES} username"),
        column("database", "DATABASE", f"{_RULES} schemaname"),
        column("hostgroup", "GROUP", f"{_RULES} destination_hostgroup"),
        column("cache_ms", "CACHE", f"{_RULES} cache_ttl", Quantity.MILLISECONDS),
        column("last", "LAST", f"{_RULES} apply: no rule after it is tried", Quantity.FLAG),
        column("comment", "COMMENT", f"{_RULES} comment"),
    ),
    ("rule",),
    read,
    rule_rows,
)

COMMAND = Probe(
    "proxysql.command",
    "Commands",
    "traffic",
    (
        column("command", "COMMAND", f"{_COMMANDS} Command"),
        column("calls", "CALLS", f"{_COMMANDS} Total_cnt", Quantity.COUNT),
        column("calls_per_s", "CALLS/S", f"{_COMMANDS} Total_cnt", Quantity.PER_S),
        column("mean_ms", "MEAN", f"{_COMMANDS} Total_Time_us / Total_cnt",
               Quantity.MILLISECONDS),
        column("busy_percent", "BUSY", f"{_COMMANDS} Total_Time_us: of one session",
               Quantity.PERCENT),
        column("slow", "OVER 1 S", f"{_COMMANDS} cnt_5s + cnt_10s + cnt_INFs", Quantity.COUNT),
        column("slow_now", "NOW", "the same, since the answer before", Quantity.COUNT),
    ),
    ("command",),
    read,
    command_rows,
)  # fmt: skip

ERROR = Probe(
    "proxysql.error",
    "Errors",
    "traffic",
    (
        column("hostgroup", "GROUP", f"{_ERRORS} hostgroup"),
        column("server", "SERVER", f"{_ERRORS} hostname, port"),
        column("user", "USER", f"{_ERRORS} username"),
        column("client", "CLIENT", f"{_ERRORS} client_address"),
        column("database", "DATABASE", f"{_ERRORS} schemaname"),
        column("code", "CODE", f"{_ERRORS} errno"),
        column("count", "COUNT", f"{_ERRORS} count_star", Quantity.COUNT),
        column("first", "FIRST", f"{_ERRORS} first_seen", Quantity.TIME),
        column("last", "LAST", f"{_ERRORS} last_seen", Quantity.TIME),
        column("message", "MESSAGE", f"{_ERRORS} last_error, the first 400 characters"),
    ),
    ("hostgroup", "server", "user", "client", "database", "code"),
    read,
    error_rows,
)

DIGEST = Probe(
    "proxysql.digest",
    "Statements",
    "digests",
    (
        column("hostgroup", "GROUP", f"{_DIGEST} hostgroup"),
        column("database", "DATABASE", f"{_DIGEST} schemaname"),
        column("user", "USER", f"{_DIGEST} username"),
        column("client", "CLIENT", f"{_DIGEST} client_address"),
        column("digest", "DIGEST", f"{_DIGEST} digest"),
        column("calls_per_s", "CALLS/S", f"{_DIGEST} count_star", Quantity.PER_S),
        column("busy_percent", "BUSY", f"{_DIGEST} sum_time: of one session", Quantity.PERCENT),
        column("calls", "CALLS", f"{_DIGEST} count_star", Quantity.COUNT),
        column("total_s", "TOTAL", f"{_DIGEST} sum_time", Quantity.SECONDS),
        column("mean_ms", "MEAN", f"{_DIGEST} sum_time / count_star", Quantity.MILLISECONDS),
        column("min_ms", "MIN", f"{_DIGEST} min_time", Quantity.MILLISECONDS),
        column("max_ms", "MAX", f"{_DIGEST} max_time", Quantity.MILLISECONDS),
        column("rows_sent", "SENT", f"{_DIGEST} sum_rows_sent", Quantity.COUNT),
        column("rows_affected", "AFFECTED", f"{_DIGEST} sum_rows_affected", Quantity.COUNT),
        column("last", "LAST", f"{_DIGEST} last_seen", Quantity.TIME),
        column("statement", "STATEMENT", f"{_DIGEST} digest_text, the first 1000 characters"),
    ),
    ("hostgroup", "database", "user", "client", "digest"),
    read_digests,
    digest_rows,
)

PROBES = (RULE, COMMAND, ERROR, DIGEST)
