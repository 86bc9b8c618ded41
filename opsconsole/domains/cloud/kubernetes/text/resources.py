"""Every kind that a cluster serves, a line each: how it is named, in full and in short."""

from collections.abc import Iterable, Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import kind
from opsconsole.domains.cloud.kubernetes.place import parted, qualified, told
from opsconsole.domains.cloud.kubernetes.text.kinds import Answers, aligned
from opsconsole.errors import Denied
from opsconsole.plan import Thing
from opsconsole.question import Part, joined
from opsconsole.spec import Arguments, Facts, Inquiry
from opsconsole.spec.inquiry import Reading

_HEADS = ("NAMED", "IN", "OBJECT", "SHORT")
SPACED = "namespaces"


def _calls(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
    return tuple(Reading(("GET", one.path, "", "kinds")) for one in kind.REQUESTS)


def _page(thing: Thing, answers: Answers) -> Sequence[Clean]:
    for status, out in answers:
        if status:
            said = f"{thing.target}: what kinds there are: {told(status, out)}"
            raise Denied(said, "have a role bound that allows it")
    parts = [Part(200, parted(out)[1]) for _, out in answers]
    at = {column.key: number for number, column in enumerate(kind.KIND.columns)}
    lines = [
        (
            qualified(*(str(row[at[key]]) for key in ("resource", "version", "group"))),
            SPACED if row[at["namespaced"]] else "cluster",
            str(row[at["kind_of"]]),
            str(row[at["short"]]).replace(" ", ""),
        )
        for row in kind.rows(kind.read(joined(parts)), None)
    ]
    return [clean(line, 1000) for line in aligned([_HEADS, *lines], 400)]


def called(lines: Iterable[str], word: str) -> list[tuple[str, bool]]:
    """Full names of the kinds that a word means, and whether they are in namespaces.

    One of each group; where the first is of the cluster itself, that one alone, as with `kubectl`.
    """
    wanted = word.lower()
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    for line in list(lines)[1:]:
        full, where, *rest = (*line.split(), *[""] * 4)
        plural, _, versioned = full.partition(".")
        group = versioned.partition(".")[2]
        names = (plural, f"{plural}.{group}", rest[0], *rest[1].split(","))
        if wanted in {name.lower() for name in names if name}:
            found.setdefault((plural, group), (full, where == SPACED))
            if len(found) == 1 and ("." not in group or group.endswith(".k8s.io")):
                break
    return list(found.values())


RESOURCES = Inquiry(
    id="kubernetes.resources",
    title="Kinds it serves",
    letter="a",
    about="Every kind that the cluster serves, and how `opsconsole kubernetes edit` names it.",
    probes=(),
    pins=(),
    calls=_calls,
    page=_page,
)
