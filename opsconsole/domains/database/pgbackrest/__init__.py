"""pgBackRest: how old the backups of PostgreSQL are, and whether there are any.

A kind of its own: the repository often stands on another host than the server, and is asked there,
by the program that knows it. Over SSH, as hosts are.
"""

from importlib import resources

from opsconsole.domains.database.pgbackrest.action import ACTIONS
from opsconsole.domains.database.pgbackrest.finding import RULES
from opsconsole.domains.database.pgbackrest.probe import PROBES
from opsconsole.spec import Exchange, Integration, Program

_SETUP = """\
# estate.toml; the account owns the repository
[target.backup-1]
kind = "pgbackrest"
address = "backup-1.example.net"
user = "pgbackrest"
"""


def _script() -> str:
    """The sampler without its comments."""
    text = resources.files(__name__).joinpath("sampler.sh").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("#"))


INTEGRATION = Integration(
    kind="pgbackrest",
    title="pgBackRest",
    exchanges=(
        # Says that the way is still there, between two answers that are rare.
        Exchange("alive", every=30, pushed=True),
        Exchange("info", every=300, timeout=60),
    ),
    probes=PROBES,
    program=Program(_script()),
    setup=_SETUP,
    actions=ACTIONS,
    rules=RULES,
)
