"""What a host's answers say happened between them, and what it stands on."""

from opsconsole.clean import Clean
from opsconsole.domains.system.host import ground, identity, news, slow, unit
from opsconsole.model import Level, Row, Value
from opsconsole.relation import Footing
from tests.domains.system.host.wires import SLOW


def who(**values: Value) -> list[Row]:
    known = dict(
        zip(
            [c.key for c in identity.PROBE.columns],
            identity.rows(identity.read(SLOW), None)[0],
            strict=True,
        )
    )
    return [tuple({**known, **values}.values())]


def test_another_boot_is_a_reboot_at_the_time_its_uptime_says() -> None:
    before = who(boot=Clean("a"), uptime_s=9000.0)
    later = who(boot=Clean("b"), uptime_s=40.0)
    [found] = news.rebooted("web-1", 5000.0, before, later)
    assert (found.at, found.kind, found.level, found.text) == (
        4960.0,
        "reboot",
        Level.WARN,
        "rebooted",
    )
    other = who(boot=Clean("b"), uptime_s=None, kernel=Clean("Linux 6.12"))
    [found] = news.rebooted("web-1", 5000.0, before, other)
    assert found.at == 5000.0
    assert found.text == f"rebooted: kernel {before[0][2]} -> Linux 6.12"


def test_the_same_boot_and_an_unknown_one_are_none() -> None:
    for boots in (("a", "a"), ("a", ""), ("", "b")):
        before, now = (who(boot=Clean(boot) if boot else None) for boot in boots)
        assert news.rebooted("web-1", 1.0, before, now) == []
    assert news.rebooted("web-1", 1.0, [], who()) == []


def units(*states: tuple[str, str]) -> list[Row]:
    return [
        tuple(
            {"unit": Clean(name), "active": Clean(active), "result": Clean("exit-code")}.get(c.key)
            for c in unit.PROBE.columns
        )
        for name, active in states
    ]


def test_units_fail_restart_and_recover() -> None:
    before = units(("a.service", "failed"), ("b.service", "failed"), ("c.service", "failed"))
    now = units(("b.service", "failed"), ("c.service", "activating"), ("d.service", "failed"))
    found = news.units("web-1", 5.0, before, now)
    assert [(one.object, one.level, one.text) for one in found] == [
        ("c.service", Level.WARN, "c.service is restarted over and over: exit-code"),
        ("d.service", Level.CRIT, "d.service failed: exit-code"),
        ("a.service", Level.OK, "a.service is in order again"),
    ]
    assert news.units("web-1", 5.0, now, now) == []


def test_real_units_are_told() -> None:
    now = unit.rows(unit.read(SLOW), None)
    assert len(news.units("web-1", 5.0, [], now)) == len(now) > 0
    assert slow.sections(SLOW)


def test_a_host_stands_on_the_servers_of_its_mounts() -> None:
    from opsconsole.domains.system.host import filesystem

    def mounted(device: str, path: str) -> Row:
        values = {"device": Clean(device), "mount": Clean(path)}
        return tuple(values.get(c.key) for c in filesystem.PROBE.columns)

    rows = [
        mounted("nas-1:/export/home", "/home"),
        mounted("[fd00::7]:/x", "/x"),
        mounted("//files/share", "/win"),
        mounted("/dev/sda1", "/"),
        mounted("tmpfs", "/tmp"),
        mounted("overlay", "/a:/b"),
    ]
    assert ground.mounts("web-1", rows) == [
        Footing("web-1", "nas-1", Clean("mounts /home from it")),
        Footing("web-1", "fd00::7", Clean("mounts /x from it")),
        Footing("web-1", "files", Clean("mounts /win from it")),
    ]
