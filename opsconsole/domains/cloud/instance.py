"""An instance, whatever its provider: the same columns, so that one list can hold all accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsconsole.clean import Clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row

COLUMNS = (
    ("instance", "ID", Quantity.TEXT),
    ("name", "NAME", Quantity.TEXT),
    ("state", "STATE", Quantity.STATE),
    ("health", "HEALTH", Quantity.STATE),
    ("type", "TYPE", Quantity.TEXT),
    ("region", "REGION", Quantity.TEXT),
    ("zone", "ZONE", Quantity.TEXT),
    ("public", "PUBLIC IP", Quantity.TEXT),
    ("private", "PRIVATE IP", Quantity.TEXT),
    ("launched", "LAUNCHED", Quantity.TIME),
    ("age_s", "AGE", Quantity.SECONDS),
    ("lifecycle", "LIFECYCLE", Quantity.TEXT),
    ("protected", "PROTECTED", Quantity.FLAG),
    ("owner", "OWNER", Quantity.TEXT),
    ("event", "EVENT", Quantity.TEXT),
    ("event_at", "EVENT AT", Quantity.TIME),
    ("image", "IMAGE", Quantity.TEXT),
    ("hour_usd", "USD/H", Quantity.NUMBER),
    ("provider", "PROVIDER", Quantity.TEXT),
    ("account", "ACCOUNT", Quantity.TEXT),
    ("tags", "TAGS", Quantity.TEXT),
)
"""Keys, titles and quantities: the same for all kinds."""

KEY = ("instance", "region")

SHOWN = (
    *("instance", "name", "state", "health", "type", "zone", "public", "private"),
    *("age_s", "lifecycle", "owner", "event", "tags"),
)
"""Columns that a pane shows at first."""


def columns(sources: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of an instance; `sources` says by key where each comes from."""
    return tuple(Column(key, title, kind, sources[key]) for key, title, kind in COLUMNS)


NONE = Clean("")


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance. What is not known is empty, or None."""

    instance: Clean
    name: Clean
    state: Clean
    """`pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`; some providers
    know more: `rebooting`, `paused`, `suspended`, `error`."""
    region: Clean
    zone: Clean = NONE
    type: Clean = NONE
    health: Clean = NONE
    """`ok`, `impaired`, `initializing`, `insufficient-data`; empty where nobody looks at it."""
    public: Clean = NONE
    private: Clean = NONE
    launched: float | None = None
    lifecycle: Clean = NONE
    """`on-demand`, `spot`, `scheduled`, `capacity-block`; as the provider says it."""
    event: Clean = NONE
    event_at: float | None = None
    image: Clean = NONE
    hour_usd: float | None = None
    provider: Clean = NONE
    account: Clean = NONE
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def runs(self) -> bool:
        """Whether it runs, and costs."""
        return self.state == "running"


def row(one: Instance, at: float) -> Row:
    """Its row, in the order of the columns; `at` is when it was asked for."""
    return (
        *(one.instance, one.name, one.state, one.health, one.type, one.region, one.zone),
        *(one.public, one.private, one.launched, value.age(at, one.launched), one.lifecycle),
        value.protected(one.tags),
        value.tagged(one.tags, "owner", "team", "contact"),
        *(one.event, one.event_at, one.image, one.hour_usd, one.provider, one.account),
        value.listed(one.tags),
    )
