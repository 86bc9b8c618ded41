"""`opsconsole watch`: what a pane shows, each time it changes."""

import asyncio
import sys
import time

from opsconsole.cli.asking import Asked, Question, resolve
from opsconsole.cli.gathering import Gathering
from opsconsole.cli.get import complain, exit_code
from opsconsole.cli.result import Told, as_line, as_table
from opsconsole.engine import watching
from opsconsole.model import Sample
from opsconsole.ports import Samples


def run_watch(asked: Asked, count: int | None, output: str) -> int:
    """Print changes until `count` of them; the exit code tells of the last state."""
    return asyncio.run(_watch(resolve(asked), count, output))


async def _watch(question: Question, count: int | None, output: str) -> int:
    gathering = Gathering(question)
    printed = 0
    async with watching(question.estate, gathering.pairs) as console:
        while count is None or printed < count:
            message = await console.receive()
            if not isinstance(message, Samples):
                continue
            for sample in gathering.take(message.samples):
                _print(question, sample, gathering.told_by(sample.target), output)
                printed += 1
                if printed == count:
                    break
    return exit_code(gathering.told())


def _print(question: Question, sample: Sample, told: Told, output: str) -> None:
    """Write one change and flush it: whoever reads must not wait for a full buffer."""
    if output == "jsonl":
        sys.stdout.write(as_line(question.shown.pane.id, sample.at, told))
    else:
        clock = time.strftime("%H:%M:%S", time.localtime(sample.at))
        sys.stdout.write(f"{clock}  {told.target}\n{as_table(question.columns, [told])}\n")
        complain([told])
    sys.stdout.flush()
