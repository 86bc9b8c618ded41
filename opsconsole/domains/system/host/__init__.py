"""A host: its sampler, and the probes that read the sampler's answers."""

import sys
from importlib import resources

from opsconsole.domains.system.host import (
    asset,
    clock,
    connection,
    cpu,
    disk,
    filesystem,
    ground,
    health,
    identity,
    interface,
    inventory,
    journal,
    lvs,
    memory,
    news,
    pressure,
    process,
    service,
    unit,
    vitals,
)
from opsconsole.domains.system.host.action import ACTIONS
from opsconsole.domains.system.host.rule import RULES
from opsconsole.spec import Exchange, Integration, Program

_SETUP = """\
# estate.toml
[target.web-1]
address = "web-1.example.net"   # host name, address or alias of ssh_config
"""


def local_settings(platform: str, interval: float = 2.0) -> dict[str, object]:
    """What a local target's settings need so that this machine answers on `platform`.

    Linux runs the sampler itself. Elsewhere `argv` names a program of ours that gives the same
    answers with psutil, every `interval` seconds, and needs no script.
    """
    if platform == "linux":
        return {}
    program = "opsconsole.domains.system.host.portable"
    return {"argv": (sys.executable, "-m", program, f"{interval:g}")}


def _script() -> str:
    """The sampler without the lines that are only a comment: each host is sent all of it."""
    parts = ("rare.sh", "sampler.sh")  # the last line of the last one starts it
    text = "".join(
        resources.files(__name__).joinpath(part).read_text(encoding="utf-8") for part in parts
    )
    return "".join(
        line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#")
    )


INTEGRATION = Integration(
    kind="host",
    title="Host",
    local_settings=local_settings,
    exchanges=(
        Exchange("vitals", every=2, pushed=True),
        # What may hang on the host is killed there; all of it together ends within this time.
        Exchange("slow", every=30, timeout=25, compared=False),
        # What may take long on the host is killed there, as in slow.
        Exchange("inventory", every=600, timeout=30, compared=False),
        Exchange("journal", every=60, timeout=15, compared=False),
        Exchange("processes", every=3, on_demand=True),
        Exchange("services", every=5, on_demand=True),
        Exchange("lvs", every=5, on_demand=True),
        # Only while somebody looks or reports: what waits takes a package manager seconds to say,
        # and one question is answered after the other.
        Exchange("assets", every=600, on_demand=True, timeout=30, compared=False),
        Exchange("updates", every=600, on_demand=True, timeout=30, compared=False),
    ),
    probes=(
        vitals.PROBE,
        health.PROBE,
        identity.PROBE,
        cpu.PROBE,
        memory.PROBE,
        pressure.PROBE,
        disk.PROBE,
        filesystem.PROBE,
        interface.PROBE,
        process.PROBE,
        unit.PROBE,
        service.PROBE,
        clock.PROBE,
        connection.PROBE,
        lvs.PROBE,
        inventory.PROBE,
        journal.PROBE,
        asset.PROBE,
        asset.DRIVE,
        asset.UPDATE,
    ),
    actions=ACTIONS,
    rules=RULES,
    news=news.NEWS,
    grounds=ground.GROUNDS,
    inventories=(inventory.PROBE.id,),
    program=Program(_script()),
    setup=_SETUP,
)
