"""Variables of a server: their values, where those come from, what outlives a restart."""

from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column
from opsconsole.domains.database.mysql.asking import answered, rows
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


class Setting(NamedTuple):
    """A global variable; what the family does not tell of it is None."""

    name: str
    value: str | None
    origin: str | None
    default: str | None
    type: str | None
    fixed: bool | int | None
    persisted: str | None


def read(payload: bytes) -> list[Setting]:
    """Of the exchange `settings`."""
    return rows(answered("settings", payload), "settings", Setting)


def setting_rows(now: list[Setting], _before: list[Setting] | None) -> list[Row]:
    """One row per variable."""
    return [
        (
            clean(one.name, 64),
            _text(one.value),
            _text(one.origin),
            _text(one.default),
            _text(one.persisted),
            _text(one.type),
            None if one.fixed is None else bool(one.fixed),
        )
        for one in now
    ]


def _text(value: str | None) -> Clean | None:
    return None if value is None else clean(" ".join(value[:2000].split()), 500)


SETTING = Probe(
    "mysql.setting",
    "Variables",
    "settings",
    (
        column("name", "NAME", "global_variables variable_name; of MariaDB system_variables"),
        column("value", "VALUE", "the global value"),
        column("origin", "FROM", "variables_info variable_source; of MariaDB global_value_origin"),
        column("default", "DEFAULT", "system_variables default_value (MariaDB)"),
        column("persisted", "PERSISTED", "persisted_variables: in mysqld-auto.cnf (MySQL 8)"),
        column("type", "TYPE", "system_variables variable_type (MariaDB)"),
        column("fixed", "FIXED", "system_variables read_only (MariaDB)", Quantity.FLAG),
    ),
    ("name",),
    read,
    setting_rows,
)

PROBES = (SETTING,)
