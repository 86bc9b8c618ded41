"""A small sampler that speaks the wire of `spec.Program`, and helpers to watch what it says."""

import asyncio
from collections.abc import Callable

from opsconsole.ports import Answer

# `$$` of the main shell names the whole sampler: the background loop is its child.
SAMPLER = """
trap '' PIPE
push() {
  n=0
  while :; do
    n=$((n + 1))
    printf 'n %s\\npid %s\\n--opsconsole vitals--\\n' "$n" "$$" 2>/dev/null || exit 0
    sleep "$INTERVAL"
  done
}
push &
trap "kill $! 2>/dev/null" EXIT
while read -r verb; do
  printf 'asked %s\\n--opsconsole %s--\\n' "$verb" "$verb" >&2 || break
done
"""
"""Pushes a counter and its pid as `vitals`; answers any verb with its name."""


class Heard:
    """Collects answers; `until` waits for what a test expects of them."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self._more = asyncio.Event()

    def __call__(self, answer: Answer) -> None:
        self.answers.append(answer)
        self._more.set()

    def of(self, exchange: str) -> list[bytes]:
        """Payloads of one exchange, in order."""
        return [answer.payload for answer in self.answers if answer.exchange == exchange]

    async def until(self, enough: Callable[["Heard"], bool], seconds: float = 60) -> None:
        """Wait until `enough` holds; TimeoutError otherwise."""
        async with asyncio.timeout(seconds):
            while not enough(self):
                self._more.clear()
                await self._more.wait()


async def eventually(true: Callable[[], bool], seconds: float = 60) -> None:
    """Poll until `true` holds; TimeoutError otherwise."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what we wait for happens in other processes
            await asyncio.sleep(0.05)
