"""`[[mute]]`: who answers for a check and until when, and every mistake with its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from opsconsole.engine.reporting import mutes_of
from opsconsole.errors import EstateError
from opsconsole.estate import load

TEXT = """
[target.db-1]
[target.db-2]
[[mute]]
check = "postgres.cache"
targets = ["db-1"]
object = "orders*"
who = "ann"
why = "OPS-7: a batch runs"
until = 2026-12-31
"""


def _load(folder: Path, text: str) -> Path:
    path = folder / "estate.toml"
    path.write_text(text)
    return path


def test_a_mute_is_read_and_its_day_lasts_to_its_end(tmp_path: Path) -> None:
    estate = load(_load(tmp_path, TEXT))
    [mute] = mutes_of(estate)
    assert (mute.check, mute.targets, mute.object) == ("postgres.cache", ("db-1",), "orders*")
    assert (mute.who, mute.why) == ("ann", "OPS-7: a batch runs")
    assert mute.until == pytest.approx(datetime(2027, 1, 1, tzinfo=UTC).timestamp(), abs=1)


@pytest.mark.parametrize(
    "said", ['"2026-12-31T10:00:00+01:00"', "2026-12-31T09:00:00", '"2026-12-31T09:00"']
)
def test_a_moment_without_a_zone_is_utc(tmp_path: Path, said: str) -> None:
    [mute] = load(_load(tmp_path, TEXT.replace("2026-12-31", said))).mutes
    assert mute.until == datetime(2026, 12, 31, 9, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('check = "postgres.cache"', "", "mute[1].check: found nothing"),
        ('who = "ann"', "", "mute[1].who: found nothing"),
        ('why = "OPS-7: a batch runs"', "", "mute[1].why: found nothing"),
        ("until = 2026-12-31", "", "mute[1].until: found nothing"),
        ("until = 2026-12-31", 'until = "some day"', "a date or a moment"),
        ("until = 2026-12-31", "until = true", "a date or a moment"),
        ('check = "postgres.cache"', 'check = "Cache!"', "the id of a check"),
        ("object =", "objects =", "mute[1].objects"),
    ],
)
def test_mistakes_are_told_with_their_place(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    with pytest.raises(EstateError) as error:
        load(_load(tmp_path, TEXT.replace(before, after)))
    assert says in str(error.value)
