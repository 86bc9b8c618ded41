"""`opsconsole osdp-gateway`: doors on a serial line, for a console to watch."""

import asyncio
from pathlib import Path

import click

from opsconsole.cli.entry import tell


@click.command(
    "osdp-gateway",
    epilog="""\b
Examples:
  opsconsole osdp-gateway cages.toml

\b
Exit codes:
  0  ended by a signal
  2  bad file, no such port, or the address is taken""",
)
@click.argument("file", type=click.Path(path_type=Path))
def osdp_gateway(file: Path) -> int:
    """Be the control panel of an OSDP line, and tell what its doors do.

    FILE says which port, which readers and which doors; docs/low-voltage.md has one. A target of
    kind `door` reads it. Needs the extra `osdp`.
    """
    from opsconsole.osdp import layout, serve

    found = layout.read(file)
    asyncio.run(serve.run(found, lambda url: _ready(found.device, url)))
    return 0


def _ready(device: str, url: str) -> None:
    tell(f"serving {device} at {url}, ctrl-c ends it", 0)
