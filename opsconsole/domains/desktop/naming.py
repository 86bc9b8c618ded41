"""Names that tell rows apart and that people can say."""

from collections import Counter
from collections.abc import Sequence

from opsconsole.clean import Clean, clean


def told_apart(named: Sequence[tuple[str, str]]) -> list[Clean]:
    """A name for each (name, index): the name alone where nothing else has it."""
    many = Counter(name for name, _ in named)
    found = [
        clean(name if name and many[name] == 1 else f"{name} ({index})".strip())
        for name, index in named
    ]
    # A name can end like one of ours: an index alone is nobody else's.
    twice = Counter(found)
    return [
        one if twice[one] == 1 else clean(f"({index}) {name}")
        for one, (name, index) in zip(found, named, strict=True)
    ]
