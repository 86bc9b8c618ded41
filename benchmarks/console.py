"""The real console on a made-up fleet: what `latency` and `idle` run in a pty."""

import argparse
import sys

from opsconsole import registry
from opsconsole.engine import Companion
from opsconsole.model import Target
from screens.shell.app import OpsConsole
from screens.shell.console import Scene, Start
from screens.shell.link import prepare
from screens.shell.witness.lookout import Desk
from screens.system import DOMAIN


def command(hosts: int, rate: int) -> list[str]:
    """The command line of a console with that many hosts and samples a second."""
    return [sys.executable, "-m", "benchmarks.console", "--hosts", str(hosts), "--rate", str(rate)]


def main() -> None:
    """Open the console as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000)
    options = parser.parse_args()
    link = prepare()
    targets = tuple(Target(f"web-{n}", "host", "ssh", "x") for n in range(options.hosts))
    feed = [sys.executable, "-m", "benchmarks.feed"]
    companion = Companion([*feed, "--hosts", str(options.hosts), "--rate", str(options.rate)])
    companion.start()
    scene = Scene((DOMAIN,), registry.probes(), targets, {})
    app = OpsConsole(Start(scene, lambda _: targets, companion, desk=Desk()), link)
    code = app.run_console()
    companion.close()
    sys.exit(code)


if __name__ == "__main__":
    main()
