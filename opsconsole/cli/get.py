"""`opsconsole get`: what a pane shows, once."""

import asyncio
import sys
from collections.abc import Iterable

from opsconsole.cli.asking import Asked, Question, resolve
from opsconsole.cli.entry import tell
from opsconsole.cli.gathering import Gathering
from opsconsole.cli.result import Told, as_csv, as_json, as_table
from opsconsole.engine import watching
from opsconsole.ports import Samples


def run_get(asked: Asked, timeout: float, output: str) -> int:
    """Ask, wait for what is needed, print; 0 when every target has data, otherwise 1."""
    question = resolve(asked)
    told = asyncio.run(gather(question, timeout))
    if output == "json":
        sys.stdout.write(as_json(question.shown.pane.id, told))
    elif output == "csv":
        sys.stdout.write(as_csv(question.columns, told))
    else:
        sys.stdout.write(as_table(question.columns, told))
    sys.stdout.flush()
    return complain(told) if output != "json" else exit_code(told)


async def gather(question: Question, patience: float) -> list[Told]:
    """Ask every target of the question, and wait until all is there or nobody new answers."""
    gathering = Gathering(question)
    async with watching(question.estate, gathering.pairs) as console:
        while (deadline := gathering.deadline(patience)) is not None:
            try:
                async with asyncio.timeout_at(deadline):
                    message = await console.receive()
            except TimeoutError:
                break
            if isinstance(message, Samples):
                gathering.take(message.samples)
    return gathering.told()


def exit_code(told: Iterable[Told]) -> int:
    """0 when every target has data, otherwise 1."""
    return 1 if any(one.why() for one in told) else 0


def complain(told: Iterable[Told]) -> int:
    """Say on stderr why a target has no data, a line each; returns the exit code."""
    reasons = [reason for one in told if (reason := one.why())]
    for reason in reasons:
        tell(reason)
    return 1 if reasons else 0
