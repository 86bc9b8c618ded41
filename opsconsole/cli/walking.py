"""The command `walk` and its options."""

from pathlib import Path

import click

from opsconsole.cli import option
from opsconsole.cli.completion import target_ids


@click.command(
    short_help="Print all that an SNMP agent has below a name.",
    epilog="""\b
Examples:
  opsconsole walk 10.0.0.1 system --community env:COMMUNITY
  opsconsole walk switch-1 1.3.6.1.2.1.2.2 --numeric --community file:comm
  opsconsole walk ups-1 upsMIB --snmp 3 --user ops

\b
Exit codes:
  0  what was found is on stdout
  1  there is nothing, or no answer: why stands on stderr
  2  bad estate, or an argument that makes no sense""",
)
@click.argument("target", shell_complete=target_ids)
@click.argument("oid")
@option.estate
@click.option("--numeric", is_flag=True, help="Names in numbers alone.")
@click.option("--port", type=click.IntRange(1, 65535), help="161 unless given.")
@click.option(
    "--snmp", "version", type=click.Choice(["1", "2c", "3"]), help="Version; 2c at first."
)
@click.option("--community", metavar="WHERE", help="Where it stands: env:NAME, file:PATH.")
@click.option("--user", metavar="NAME", help="In version 3.")
@click.option(
    "--auth",
    type=click.Choice(["md5", "sha", "sha224", "sha256", "sha384", "sha512"]),
    help="Hash of version 3.",
)
@click.option("--auth-password", metavar="WHERE", help="Where its password stands.")
@click.option(
    "--priv",
    type=click.Choice(["des", "aes", "aes192", "aes256", "aes192c", "aes256c"]),
    help="Cipher of version 3.",
)
@click.option("--priv-password", metavar="WHERE", help="Where its password stands.")
@click.option("--context", metavar="NAME", help="Part of the device, in version 3.")
@option.output("table", "json")
def walk(
    target: str,
    oid: str,
    estate: Path | None,
    numeric: bool,
    output: str,
    **said: str | int | None,
) -> int:
    """Print all that the agent of TARGET has below OID, once; nothing is changed there.

    TARGET is one of the estate, or an address. OID is in numbers, or begins with a well-known name:
    ifDescr, ifDescr.3. A secret is never typed: its option says where it stands.
    """
    from opsconsole.cli.walk import Walked, run_walk

    settings = {key: str(value) for key, value in said.items() if value is not None}
    return run_walk(Walked(target, oid, estate, numeric, output, settings))
