"""Commands hear of a watched list as of any other: all its rows, once they are all there."""

from opsconsole.bus import memory
from opsconsole.clean import Clean
from opsconsole.engine.whole import WholeEnd
from opsconsole.model import Fault, Row, Sample
from opsconsole.ports import Hello, Interest, Patch, Patches, Samples


def patch(rows: list[Row], gone: list[Row], *, whole: bool = False, loading: bool = False) -> Patch:
    return Patch("box.pod", "a", 1.0, 10.0, (0,), rows, gone, whole=whole, loading=loading)


async def test_a_list_is_told_whole_and_never_while_it_loads() -> None:
    collector, console = memory.pair()
    end = WholeEnd(console)
    end.send(Interest([("box.pod", "a")]))
    assert await collector.receive() == Interest([("box.pod", "a")])
    collector.publish(Hello(1, "1", []))
    collector.publish(Patches([patch([(1, 1), (2, 1)], [], whole=True, loading=True)]))
    assert await end.receive() == Hello(1, "1", [])
    assert await end.receive() == Samples([]), "something comes"
    collector.publish(Patches([patch([(3, 1)], [(2,)])]))
    assert await end.receive() == Samples(
        [Sample("box.pod", "a", 1.0, [(1, 1), (3, 1)], None, 10.0)]
    )
    fault = Fault("lost", Clean("gone"), Clean(""))
    lost = Samples([Sample("box.pod", "a", 2.0, None, fault, 30.0)])
    collector.publish(lost)
    assert await end.receive() == lost
    for loading in (True, False):
        collector.publish(Patches([patch([(1, 2)], [], loading=loading)]))
    told = await end.receive()
    assert isinstance(told, Samples)
    assert told.samples[0].rows == [(1, 2), (3, 1)]
    end.close()
