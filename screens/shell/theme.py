"""Palettes: read from files, checked, and handed to Textual as themes."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import platformdirs
from textual.color import Color, ColorParseError
from textual.theme import Theme

from opsconsole.errors import EstateError, Problem

FOLDER = Path(__file__).parents[2] / "themes"
"""The palettes that come with the console."""

STYLES = FOLDER / "console.tcss"
"""What the semantic classes look like, whatever the palette."""

ROLES = (
    *("background", "surface", "panel", "foreground", "muted"),
    *("primary", "secondary", "accent", "border", "border-current"),
    *("cursor", "cursor-text", "cursor-blurred", "ok", "warn", "crit", "unknown"),
)
"""What a palette must give a colour to."""

SERIES = 8
"""Colours a palette gives to the lines of a plot."""

_READABLE = 4.5
_TEXTS = ("foreground", "muted", "primary", "accent", "ok", "warn", "crit", "unknown")
_VISIBLE = 3.0


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, by role."""

    name: str
    title: str
    dark: bool
    ansi: bool
    """Uses the terminal's own sixteen colours."""
    colors: Mapping[str, str]
    series: tuple[str, ...]

    def weaknesses(self) -> list[str]:
        """Which texts are hard to read (WCAG contrast under 4.5, plot lines under 3); [] if none.

        Nothing can be said of the terminal's own colours.
        """
        if self.ansi:
            return []
        grounds = [self.colors[name] for name in ("background", "surface", "panel")]
        pairs = [
            (name, self.colors[name], ground, _READABLE) for name in _TEXTS for ground in grounds
        ]
        pairs.append(("cursor-text", self.colors["cursor-text"], self.colors["cursor"], _READABLE))
        pairs += [
            (f"series {at}", color, self.colors["background"], _VISIBLE)
            for at, color in enumerate(self.series)
        ]
        return [
            f"{name} {color} on {ground}: {ratio:.1f}:1"
            for name, color, ground, least in pairs
            if (ratio := contrast(color, ground)) < least
        ]

    def theme(self) -> Theme:
        """The same for Textual, with the variables our styles use."""
        color = self.colors
        return Theme(
            name=self.name,
            primary=color["primary"],
            secondary=color["secondary"],
            warning=color["warn"],
            error=color["crit"],
            success=color["ok"],
            accent=color["accent"],
            foreground=color["foreground"],
            background=color["background"],
            surface=color["surface"],
            panel=color["panel"],
            boost=color["panel"],
            dark=self.dark,
            ansi=self.ansi,
            variables=self.variables(),
        )

    def variables(self) -> dict[str, str]:
        """Values of the CSS variables beyond Textual's own."""
        color = self.colors
        series = {f"series-{at}": value for at, value in enumerate(self.series)}
        # Textual asks an ANSI theme for these two by name.
        ansi = {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"}
        return (series | ansi if self.ansi else series) | {
            "level-ok": color["ok"],
            "level-warn": color["warn"],
            "level-crit": color["crit"],
            "level-unknown": color["unknown"],
            "muted": color["muted"],
            "text-muted": color["muted"],
            "border": color["border"],
            "border-blurred": color["border"],
            "border-current": color["border-current"],
            "block-cursor-background": color["cursor"],
            "block-cursor-foreground": color["cursor-text"],
            "block-cursor-blurred-background": color["cursor-blurred"],
            "block-cursor-blurred-foreground": color["foreground"],
            "input-cursor-background": color["foreground"],
            "input-cursor-foreground": color["background" if not self.ansi else "cursor"],
            "scrollbar": color["border"],
            "scrollbar-hover": color["border-current"],
            "scrollbar-active": color["border-current"],
            "scrollbar-background": color["background"],
            "scrollbar-background-hover": color["background"],
            "scrollbar-background-active": color["background"],
            "scrollbar-corner-color": color["background"],
        }


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""
    bright, dim = sorted((_luminance(Color.parse(each)) for each in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def load(path: Path) -> Palette:
    """Read one palette; its name is the file's. Raises `EstateError` with every problem in it."""
    try:
        wire = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EstateError((Problem(str(path), str(error), "a TOML file of colours"),)) from error
    colors = _table(wire.get("colors"))
    listed = _table(wire.get("series")).get("colors")
    series = (
        [str(each) for each in cast("list[object]", listed)] if isinstance(listed, list) else []
    )
    problems = [
        Problem(f"{path}: colors.{role}", str(colors.get(role, "nothing")), "a colour")
        for role in ROLES
        if not _is_color(colors.get(role))
    ]
    problems += [
        Problem(f"{path}: colors.{name}", "an unknown role", ", ".join(ROLES))
        for name in colors
        if name not in ROLES
    ]
    if len(series) != SERIES or not all(map(_is_color, series)):
        problems.append(Problem(f"{path}: series.colors", str(series), f"{SERIES} colours"))
    if problems:
        raise EstateError(tuple(problems))
    return Palette(
        name=path.stem,
        title=str(wire.get("title", path.stem)),
        dark=wire.get("dark") is not False,
        ansi=wire.get("ansi") is True,
        colors={role: str(colors[role]) for role in ROLES},
        series=tuple(series),
    )


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _is_color(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        Color.parse(value)
    except ColorParseError:
        return False
    return True


def user_folder() -> Path:
    """Where an operator's own palettes stand: `~/.config/opsconsole/themes` on Linux."""
    return Path(platformdirs.user_config_dir("opsconsole", appauthor=False)) / "themes"


def load_all(folders: Iterable[Path] | None = None) -> tuple[dict[str, Palette], list[Problem]]:
    """All palettes by name, an operator's own over ours, and what was wrong with some."""
    palettes: dict[str, Palette] = {}
    problems: list[Problem] = []
    for folder in (FOLDER, user_folder()) if folders is None else folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                palettes[path.stem] = load(path)
            except EstateError as error:
                problems += error.problems
    return palettes, problems
