"""What is open to the world, addresses that nobody uses, quotas: of providers that tell."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.limit import QUOTA
from opsconsole.domains.cloud.aws.network import WORLD, Opening
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

_ALL = frozenset({"", "*", "all", "any", "-1", "none"})
"""How providers write any protocol, and any port; `-1/-1` and `0` are ports, too."""

_EVERYBODY = frozenset({"*", "any", "internet"}) | WORLD


class _Rule(msgspec.Struct):
    group: Any = None
    name: Any = None
    protocol: Any = None
    ports: Any = None
    rule: Any = None
    source: Any = None
    uses: Any = None
    says: Any = None
    provider: Any = None


class _Address(msgspec.Struct):
    ip: Any = None
    id: Any = None
    used_by: Any = None
    name: Any = None
    place: Any = None
    provider: Any = None


class Network(NamedTuple):
    """Rules and addresses of an account."""

    rules: list[tuple[str, _Rule]]
    addresses: list[tuple[str, _Address]]


def read_network(payload: bytes) -> Network:
    """Rules and addresses."""
    rules, addresses = (cloud.reading(part.body) for part in parted(payload, 2))
    return Network(list(rules.found(_Rule)), list(addresses.found(_Address)))


def opening(one: _Rule) -> Opening | None:
    """The rule, if it lets everybody in; ports as each provider writes them."""
    source = str(value.text(one.source, 64)).lower()
    if source not in _EVERYBODY:
        return None
    protocol = str(value.text(one.protocol, 20)).lower()
    ports = str(value.text(one.ports, 40)).replace("/", "-").lower()
    cidr = source if source in WORLD else "0.0.0.0/0"
    low, high = (None, None) if ports in _ALL | {"-1--1", "0"} else _span(ports)
    if protocol in _ALL and low is None:
        protocol = "-1"
    return Opening(protocol or "any", low, high, cidr, value.text(one.says))


def _span(ports: str) -> tuple[int | None, int | None]:
    low, _, high = ports.partition("-")
    found = value.count(low), value.count(high or low)
    return found if None not in found else (None, None)


def opening_rows(now: Network, _before: Network | None) -> list[Row]:
    """One row per rule that is open to the world."""
    rows: dict[tuple[str, ...], Row] = {}
    for region, one in now.rules:
        if (found := opening(one)) is None:
            continue
        group, place = value.text(one.group, 200), clean(region, 40)
        rows[group, found.called, found.ports, found.cidr, place] = (
            group,
            value.text(one.name),
            found.called,
            found.ports,
            Clean(found.cidr),
            found.risk,
            found.what,
            value.count(one.uses),
            found.says,
            value.text(one.rule, 200),
            value.text(one.provider, 20),
            place,
        )
    return list(rows.values())


def address_rows(now: Network, _before: Network | None) -> list[Row]:
    """One row per address that is held."""
    return [
        (
            value.text(one.ip, 100),
            value.text(one.name),
            Clean("used" if one.used_by else "unused"),
            value.text(one.used_by, 200),
            value.text(one.id, 200),
            value.text(one.provider, 20),
            clean(region, 40) or value.text(one.place, 40),
        )
        for region, one in now.addresses
    ]


_NET = "the provider's API, over libcloud's connections: security groups, firewalls"
_IPS = "the provider's API, over libcloud's connections: floating, public, elastic addresses"

OPENING = Probe(
    "cloud.opening",
    "Open to the world",
    "network",
    (
        Column("group", "GROUP", Quantity.TEXT, f"{_NET}: id; of Google the rule's name"),
        Column("name", "NAME", Quantity.TEXT, f"{_NET}: name; of Google the network's"),
        Column("protocol", "PROTOCOL", Quantity.TEXT, _NET),
        Column("ports", "PORTS", Quantity.TEXT, _NET),
        Column("cidr", "FROM", Quantity.TEXT, f"{_NET}: 0.0.0.0/0 or ::/0"),
        Column("risk", "RISK", Quantity.STATE, "ours: all ports, or one that must not be open"),
        Column("what", "OPENS", Quantity.TEXT, "ours: what usually listens there"),
        Column("uses", "USED BY", Quantity.COUNT,
               f"{_NET}: subnets and interfaces (Azure), droplets (DigitalOcean)"),
        Column("says", "SAYS", Quantity.TEXT, f"{_NET}: description"),
        Column("rule", "RULE", Quantity.TEXT, f"{_NET}: what names the rule there"),
        Column("provider", "PROVIDER", Quantity.TEXT, "estate: provider"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("group", "protocol", "ports", "cidr", "region"),
    read_network,
    opening_rows,
)  # fmt: skip

ADDRESS = Probe(
    "cloud.address",
    "Public addresses",
    "network",
    (
        Column("address", "ADDRESS", Quantity.TEXT, _IPS),
        Column("name", "NAME", Quantity.TEXT, f"{_IPS}: name, or description"),
        Column("state", "STATE", Quantity.STATE, f"{_IPS}: whether something has it"),
        Column("used_by", "USED BY", Quantity.TEXT, _IPS),
        Column("id", "ID", Quantity.TEXT, _IPS),
        Column("provider", "PROVIDER", Quantity.TEXT, "estate: provider"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked, else its own"),
    ),
    ("address", "region"),
    read_network,
    address_rows,
)


class _Quota(msgspec.Struct):
    name: Any = None
    limit: Any = None
    used: Any = None
    place: Any = None


Quotas = Sequence[tuple[str, _Quota]]


def read_quotas(payload: bytes) -> Quotas:
    """All quotas."""
    (part,) = parted(payload, 1)
    return list(cloud.reading(part.body).found(_Quota))


def quota_rows(now: Quotas, _before: Quotas | None) -> list[Row]:
    """One row per quota that has a limit."""
    rows: list[Row] = []
    for region, one in now:
        limit, used = value.number(one.limit), value.number(one.used)
        if limit is None or limit <= 0 or used is None:
            continue  # -1 is without a limit
        rows.append(
            (
                value.text(one.name, 80),
                used,
                limit,
                100 * used / limit,
                clean(region, 40) or value.text(one.place, 40),
            )
        )
    return rows


_LIMITS = "limits (OpenStack), usages (Azure), quotas (Google), account (DigitalOcean)"

QUOTA_PROBE = Probe(
    "cloud.quota",
    "Quotas",
    "quota",
    (
        Column("quota", "QUOTA", Quantity.TEXT, _LIMITS),
        Column("used", "USED", Quantity.NUMBER, _LIMITS),
        Column("limit", "LIMIT", Quantity.NUMBER, _LIMITS),
        Column("used_percent", "USED%", Quantity.PERCENT, "used of the limit", QUOTA),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked, else its own"),
    ),
    ("quota", "region"),
    read_quotas,
    quota_rows,
)

PROBES = (OPENING, ADDRESS, QUOTA_PROBE)
