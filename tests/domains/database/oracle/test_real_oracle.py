"""The whole integration against a real database, for whoever has one: it changes nothing there.

OPSCONSOLE_ORACLE_DSN is USER/PASSWORD@HOST:PORT/SERVICE, of an account as docs/domains/oracle.md
makes it.
"""

import os
import re

import pytest

from opsconsole import table
from opsconsole.clean import Clean
from opsconsole.domains.database.oracle import INTEGRATION
from opsconsole.domains.database.oracle.action.session import KILL_SESSION
from opsconsole.domains.database.oracle.asking import NAMED, QUESTIONS
from opsconsole.errors import Gone
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.question import parted
from opsconsole.secret import Secret
from opsconsole.transports.oracle import OracleTransport
from tests.servers.sampler import Heard
from tests.transports.doing import done

VARIABLE = "OPSCONSOLE_ORACLE_DSN"

pytestmark = pytest.mark.skipif(
    not os.environ.get(VARIABLE), reason=f"{VARIABLE} is not set: no Oracle server can be had"
)


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Target:
    """What the variable names."""
    match = re.fullmatch(r"([^/]+)/(.+)@([^@:/]+):(\d+)/([^/@]+)", os.environ[VARIABLE])
    assert match, f"{VARIABLE} is no USER/PASSWORD@HOST:PORT/SERVICE"
    user, password, host, port, service = match.groups()
    monkeypatch.setenv("ORACLE_PASSWORD_OF_A_TEST", password)
    said = {"service_name": service, "password": Secret("env", ("ORACLE_PASSWORD_OF_A_TEST",))}
    return Target("db", "oracle", "oracle", host, int(port), user, settings=said)


async def test_every_statement_is_answered_and_every_probe_reads(target: Target) -> None:
    transport, heard = OracleTransport(), Heard()
    try:
        session = await transport.open(target, QUESTIONS, 1.0, heard)
        for _ in range(2):
            for exchange in QUESTIONS:
                session.ask(exchange)
        await heard.until(lambda heard: len(heard.answers) == 2 * len(QUESTIONS), 240)
    finally:
        await transport.close()
    refused = {
        f"{exchange}.{name}": why.message
        for exchange, named in NAMED.items()
        for (name, _), part in zip(named, parted(heard.of(exchange)[0], len(named)), strict=True)
        if (why := table.why(part)) is not None
    }
    assert refused == {}
    for probe in INTEGRATION.probes:
        before, now = map(probe.read, heard.of(probe.exchange))
        for row in probe.rows(now, before):
            assert len(row) == len(probe.columns), probe.id
    assert min(session.traffic) > 0


async def test_a_session_that_is_not_there_is_gone(target: Target) -> None:
    thing = Thing("db", (("sid", "0"), ("serial", "0"), ("logon", "x")), Clean("0"))
    status, out = await done(OracleTransport(), target, *KILL_SESSION.look.argv(thing))
    with pytest.raises(Gone):
        KILL_SESSION.look.read(thing, status, out)
