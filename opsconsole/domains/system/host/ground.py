"""What a host stands on, as its own answers tell: the servers of its network file systems."""

import re
from collections.abc import Sequence

from opsconsole.clean import clean
from opsconsole.domains.system.host import filesystem
from opsconsole.model import Row
from opsconsole.relation import Footing
from opsconsole.spec import Ground

_DEVICE, _PATH = (filesystem.PROBE.index(key) for key in ("device", "mount"))
_NFS = re.compile(r"\[?([^\[\]/]+?)\]?:/.*")
_CIFS = re.compile(r"//([^/]+)/.*")


def mounts(target: str, rows: Sequence[Row]) -> list[Footing]:
    """`nas-1:/export` on /srv: it stands on nas-1, if that is watched."""
    found: list[Footing] = []
    for row in rows:
        device = str(row[_DEVICE])
        server = _NFS.fullmatch(device) or _CIFS.fullmatch(device)
        if server is not None:
            found.append(Footing(target, server[1], clean(f"mounts {row[_PATH]} from it")))
    return found


GROUNDS = (Ground(filesystem.PROBE.id, mounts),)
