"""What every transport found has in common, whatever it reaches."""

import re
import subprocess
import sys

import pytest

from opsconsole import registry
from opsconsole.errors import TargetError, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Transport
from opsconsole.question import HttpRequest, Script
from opsconsole.spec import Kind

NAMES = registry.transport_names()
LIBRARIES = (
    "aiohttp",
    "aiomysql",
    "asyncssh",
    "bacpypes3",
    "boto3",
    "botocore",
    "defusedxml",
    "kubernetes",
    "libcloud",
    "oracledb",
    "paho",
    "psycopg",
    "pymodbus",
    "pymysql",
    "redis",
)


def made(name: str) -> Transport:
    return registry.Transports().get(name)


def heard(answer: Answer) -> None:
    raise AssertionError(f"nobody was reached, and said {answer}")


def away(name: str) -> Target:
    """A target that is not there, as far as the transport goes."""
    said = {
        "url": "http://127.0.0.1:1",
        "service_name": "any",
        "server": "http://127.0.0.1:1",
        "regions": "any",
        "provider": "openstack",
    }
    return Target("gone", "any", name, "127.0.0.1", 1, settings=said)


@pytest.mark.parametrize("name", NAMES)
async def test_it_is_called_as_its_module_is_and_closes_twice(name: str) -> None:
    transport = made(name)
    assert transport.name == name
    await transport.close()
    await transport.close()


@pytest.mark.parametrize("name", NAMES)
async def test_a_script_of_another_kind_is_unsupported_or_not_reached(name: str) -> None:
    scripts: tuple[Script, ...] = ("exit 0", {"one": (HttpRequest("/"),)})
    errors: list[TargetError] = []
    transport = made(name)
    for script in scripts:
        with pytest.raises(TargetError) as caught:
            await transport.open(away(name), script, 0.1, heard)
        errors.append(caught.value)
    await transport.close()
    assert any(isinstance(error, Unsupported) for error in errors)
    assert all(str(error).startswith("gone: ") for error in errors)


def test_a_library_is_imported_when_its_first_target_is_opened() -> None:
    code = (
        "import sys; from opsconsole import registry;"
        "made = [registry.Transports().get(name) for name in registry.transport_names()];"
        f"registry.settings(); print(len(made), *[n for n in {LIBRARIES} if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(NAMES))]


@pytest.mark.parametrize("name", sorted(registry.settings()))
def test_settings_say_what_they_are(name: str) -> None:
    assert name in NAMES
    for setting in registry.settings()[name]:
        assert re.fullmatch(r"[a-z][a-z_]*", setting.key)
        assert setting.about
        re.compile(setting.pattern)
        assert setting.allowed or setting.pattern == ".+"
        assert setting.low <= setting.high
        assert setting.kind is not Kind.SECRET or not setting.required


def test_nothing_found_is_broken() -> None:
    assert registry.broken() == ()
