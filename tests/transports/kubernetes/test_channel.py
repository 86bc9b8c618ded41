"""Programs in containers: what they write, how they end, and when they were never started."""

import asyncio

import pytest

from opsconsole.errors import Denied, Lost, Refused, Unsupported
from opsconsole.transports.kubernetes import KubernetesTransport
from opsconsole.transports.kubernetes.channel import address, words
from tests.transports.kubernetes.scene import Space, until

pytestmark = pytest.mark.server


Ran = tuple[int, bytes]
"""Exit status, and all that was written."""


async def ran(space: Space, *command: str, pod: str = "pod", container: str = "app") -> Ran:
    await asyncio.to_thread(space.pod, "pod")
    transport, heard = KubernetesTransport(), list[bytes]()
    try:
        argv = ("EXEC", space.name, pod, container, "--", *command)
        status = await transport.execute(space.target, argv, heard.append)
    finally:
        await transport.close()
    return status, b"".join(heard)


async def test_both_streams_are_heard_and_the_exit_status_is_known(space: Space) -> None:
    assert await ran(space, "echo", "a b", "$c;'d") == (0, b"a b $c;'d\n")
    script = "echo out; echo err >&2; exit 7"
    assert await ran(space, "sh", "-c", script, container="") == (7, b"out\nerr\n")


async def test_much_output_arrives_whole(space: Space) -> None:
    status, said = await ran(space, "seq", "20000")
    assert (status, said.count(b"\n"), said[-6:]) == (0, 20000, b"20000\n")


async def test_a_program_that_is_not_there_was_never_started(space: Space) -> None:
    with pytest.raises(Unsupported, match="executable file not found"):
        await ran(space, "htop")


async def test_a_refusal_is_told_in_the_words_of_the_server(space: Space) -> None:
    with pytest.raises(Unsupported, match='pods "nowhere" not found'):
        await ran(space, "echo", pod="nowhere")
    await space.tell("fault", what="status", code=403, message="you may not", path="exec", times=2)
    with pytest.raises(Denied, match="you may not"):
        await ran(space, "echo", "a")


async def test_a_connection_that_goes_leaves_its_end_unknown(space: Space) -> None:
    await asyncio.to_thread(space.pod, "pod")
    transport, heard = KubernetesTransport(), list[bytes]()
    argv = ("EXEC", space.name, "pod", "", "--", "sh", "-c", "echo begun; sleep 60")
    running = asyncio.ensure_future(transport.execute(space.target, argv, heard.append))
    await until(lambda: heard or running.done())
    await space.tell("hang_up")
    with pytest.raises(Lost):
        await asyncio.wait_for(running, 20)
    await transport.close()


@pytest.mark.parametrize(
    "argv",
    [
        ("EXEC", "a", "b", "c", "--"),
        ("EXEC", "a", "b", "c", "ls", "x"),
        ("EXEC", "A", "b", "c", "--", "ls"),
        ("EXEC", "a", "b/../c", "c", "--", "ls"),
        ("EXEC", "a", "b", "c?d", "--", "ls"),
    ],
)
def test_words_that_run_nothing_are_refused(argv: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="EXEC NAMESPACE POD CONTAINER"):
        words("prod", argv)


def test_each_word_of_a_command_arrives_as_it_is() -> None:
    path = address("a", "b", "", ["sh", "-c", "echo 1 & 2", "ä"], reads=False, tty=False)
    assert path.startswith("/api/v1/namespaces/a/pods/b/exec?command=sh&command=-c&")
    assert "command=echo%201%20%26%202&command=%C3%A4&stdout=true&stderr=true" in path
    path = address("a", "b", "c", ["sh"], reads=True, tty=True)
    assert path.endswith("?container=c&command=sh&stdin=true&stdout=true&tty=true")
