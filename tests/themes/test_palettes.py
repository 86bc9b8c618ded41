"""Every palette that comes with the console can be read, by colour-blind eyes too."""

from pathlib import Path

import pytest
from textual.color import Color

from opsconsole.errors import EstateError
from screens.shell.theme import FOLDER, ROLES, Palette, contrast, load, load_all

OURS = sorted(path.stem for path in FOLDER.glob("*.toml"))


def _palette(name: str) -> Palette:
    return load(FOLDER / f"{name}.toml")


def test_the_four_palettes_stand_there() -> None:
    assert OURS == ["ansi", "cb", "dark", "light"]


@pytest.mark.parametrize("name", OURS)
def test_all_text_is_readable(name: str) -> None:
    assert _palette(name).weaknesses() == []


@pytest.mark.parametrize("name", ["dark", "light", "cb"])
def test_what_is_written_on_a_level_in_reverse_is_readable(name: str) -> None:
    palette = _palette(name)
    for level in ("ok", "warn", "crit", "unknown"):
        assert contrast(palette.colors[level], palette.colors["background"]) >= 4.5


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1.0)


def _as_deuteranope(color: str) -> tuple[float, float, float]:
    """Vienot's projection for eyes without green cones, in linear light."""
    red, green, blue = (part**2.2 for part in Color.parse(color).normalized)
    return (
        0.29275 * red + 0.70725 * green,
        0.29275 * red + 0.70725 * green,
        -0.02234 * red + 0.02234 * green + blue,
    )


def test_levels_stay_apart_for_eyes_without_green() -> None:
    palette = _palette("cb")
    seen = [_as_deuteranope(palette.colors[level]) for level in ("ok", "warn", "crit")]
    for at, one in enumerate(seen):
        for other in seen[at + 1 :]:
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.3


def test_a_weak_palette_is_told(tmp_path: Path) -> None:
    text = (FOLDER / "dark.toml").read_text().replace('crit = "#ff6f7d"', 'crit = "#402020"')
    path = tmp_path / "weak.toml"
    path.write_text(text)
    weak = load(path).weaknesses()
    assert len(weak) == 3
    assert all(line.startswith("crit #402020 on ") for line in weak)


def test_every_problem_of_a_palette_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[colors]\nbackground = "#000000"\nink = "red"\nok = "verdant"\n')
    with pytest.raises(EstateError) as caught:
        load(path)
    wrong = [problem.where.rpartition(": ")[2] for problem in caught.value.problems]
    expected = {f"colors.{role}" for role in ROLES if role != "background"}
    assert set(wrong) == {*expected, "colors.ink", "series.colors"}


def test_an_operators_palette_joins_ours_and_a_broken_one_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text((FOLDER / "light.toml").read_text())
    (tmp_path / "broken.toml").write_text("colors = 3")
    palettes, problems = load_all((FOLDER, tmp_path))
    assert sorted(palettes) == ["ansi", "cb", "dark", "light", "mine"]
    assert {problem.where.partition(":")[0] for problem in problems} == {
        str(tmp_path / "broken.toml")
    }
