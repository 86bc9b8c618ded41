"""What two answers of a sentinel in a row say happened: another server is the primary."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.domains.database.sentinel.primary import PRIMARY
from opsconsole.model import Level, Row
from opsconsole.spec import News

_NAME, _ADDRESS = map(PRIMARY.index, ("name", "address"))


def moved(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A line per primary that stands elsewhere now."""
    stood = {row[_NAME]: clean(str(row[_ADDRESS])) for row in before}
    found: list[Occurrence] = []
    for row in now:
        name, address = clean(str(row[_NAME])), clean(str(row[_ADDRESS]))
        old = stood.get(name, address)
        if old != address:
            text = clean(f"primary of {name} {old} -> {address}")
            found.append(Occurrence(at, "change", target, name, Level.WARN, text, "", old, address))
    return found


NEWS = (News(PRIMARY.id, moved),)
