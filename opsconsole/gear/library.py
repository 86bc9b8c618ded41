"""All profiles there are: ours, and those of the operator beside the estate."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from opsconsole.errors import Problem
from opsconsole.gear.command import Errand
from opsconsole.gear.form import Profile
from opsconsole.gear.parse import read
from opsconsole.gear.plan import Device, Plan, fitting
from opsconsole.question import Part, SnmpChoice
from opsconsole.varbind import Bound, Value
from opsconsole.varbind import read as bindings

OURS = Path(__file__).parent / "profiles"

PLANS = 500
"""Combinations of profiles whose plan is kept."""


class Library:
    """Profiles of folders, read when they are first needed. One that is bad harms no other."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """A profile of a later folder takes the place of one of that name before."""
        self._folders = list(folders)
        self._profiles: tuple[Profile, ...] | None = None
        self._problems: list[Problem] = []
        self._plans: dict[tuple[str, ...], Plan] = {}

    def add(self, folder: Path) -> None:
        """Read the profiles of one more folder, too."""
        if folder not in self._folders:
            self._folders.append(folder)
            self._profiles = None
            self._plans.clear()

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All that are sound, those that fit a family of devices first."""
        if self._profiles is None:
            self._profiles = self._read()
        return self._profiles

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with those that are not."""
        _ = self.profiles
        return tuple(self._problems)

    def _read(self) -> tuple[Profile, ...]:
        self._problems.clear()
        found: dict[str, Profile] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*.toml")):
                profile, problems = read(path)
                self._problems += problems
                if profile is not None:
                    found[profile.name] = profile
        return tuple(found.values())

    def present(self) -> tuple[str, ...]:
        """Names below which some profile wants to know whether there is anything."""
        fits = (fit for profile in self.profiles for fit in profile.fits)
        classes = (fit for profile in self.profiles for _, fit in profile.classes)
        return tuple(dict.fromkeys(root for fit in (*fits, *classes) for root in fit.present))

    def plan(self, values: Mapping[str, Value]) -> Plan:
        """What is asked of an agent of which this much is known."""
        chosen = self._fitting(values)
        names = tuple(profile.name for profile in chosen)
        plan = self._plans.get(names)
        if plan is None:
            if len(self._plans) >= PLANS:
                self._plans.clear()
            plan = self._plans[names] = Plan(chosen)
        return plan

    def _fitting(self, values: Mapping[str, Value]) -> list[Profile]:
        """Profiles that fit, those that fit best first, and those for every agent last."""
        own: list[tuple[int, Profile]] = []
        for profile in self.profiles:
            found = [fitting(fit, values) for fit in profile.fits]
            best = max((one for one in found if one is not None), default=None)
            if best is not None:
                own.append((best, profile))
        own.sort(key=lambda pair: (-pair[0], pair[1].name))
        generic = [profile for profile in self.profiles if not profile.fits]
        chosen = [profile for _, profile in own] + generic
        without = {name for profile in chosen for name in profile.without}
        return [profile for profile in chosen if profile.name not in without]

    def choose(self, body: bytes) -> SnmpChoice:
        """What an agent is asked that answered this of itself; see `question.SnmpChosen`."""
        wanted = self.plan(_values(bindings(Part(0, body)))).wanted
        return SnmpChoice(wanted.objects, wanted.columns, wanted.slow_objects, wanted.slow_columns)

    def errand(self, body: bytes, does: str) -> Errand:
        """What has to be read of a device that said this of itself, to tell it a verb."""
        return Errand(self.plan(_values(bindings(Part(0, body)))), does)

    def device(self, part: Part) -> Device:
        """What an answer says of a device. Raises `Malformed`."""
        bound = bindings(part)
        return self.plan(_values(bound)).device(bound)


def _values(bound: Sequence[Bound]) -> dict[str, Value]:
    return {one.name: one.value for one in bound if one.value is not None}


LIBRARY = Library([OURS])
"""The one of this process."""
