"""The operator's ssh configuration: as asyncssh reads it, though never more of it than it takes."""

from pathlib import Path

import asyncssh
import pytest

from opsconsole.errors import Unsupported
from opsconsole.transports.ssh.config import Asked, Configuration, parse_hop
from opsconsole.transports.ssh.excerpt import Excerpts

CONFIG = """\
User everybody
Host web-1 web-2
  HostName 10.0.0.1
  Port 2201
Host db
  HostName 10.0.0.2
  ProxyJump edge
  Include {included}
HOST=mail
  HostName 10.0.0.3
Host web-* !web-2
  IdentityFile ~/.ssh/web
Match originalhost db,mail user everybody
  Port 2203
Host "quoted name" other
  Port 7
Host *
  ConnectTimeout 4
  IdentityFile ~/.ssh/id_all
"""
INCLUDED = (
    "Compression yes\nHost nobody\n  Port 9\nHost db\n  HostKeyAlias store\nHost x\n  Port 8\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    included = tmp_path / "more config"
    included.write_text(INCLUDED)
    path = tmp_path / "config"
    path.write_text(CONFIG.format(included=f"'{included}'"))
    return path


def read(name: str, *files: str) -> dict[str, object]:
    options = asyncssh.SSHClientConnectionOptions(config=list(files), host=name, client_keys=None)
    return options.config.get_options(reload=False)


@pytest.mark.parametrize(
    "name", ["web-1", "web-2", "web-3", "db", "mail", "nobody", "x", "other", "unheard-of"]
)
def test_an_excerpt_says_the_same_as_the_whole(config: Path, name: str) -> None:
    excerpts = Excerpts()
    cut = excerpts.of((str(config),), name)
    assert read(name, *cut) == read(name, str(config))
    assert len(Path(cut[0]).read_text()) < len(config.read_text())
    excerpts.close()
    assert not Path(cut[0]).exists()


def test_a_file_without_blocks_to_leave_out_is_read_in_place(config: Path) -> None:
    config.write_text("Host *\n  Port 1\n")
    assert Excerpts().of((str(config),), "web-1") == [str(config)]


def test_a_changed_file_is_read_again(config: Path) -> None:
    excerpts = Excerpts()
    assert read("db", *excerpts.of((str(config),), "db"))["Hostname"] == "10.0.0.2"
    config.write_text("Host db\n  HostName 10.9.9.9\nHost other\n")
    assert read("db", *excerpts.of((str(config),), "db"))["Hostname"] == "10.9.9.9"
    excerpts.close()


def test_endpoints_that_say_the_same_share_their_options(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("Host *\n  User ops\n")
    configuration = Configuration(12)
    one, two = (
        configuration.endpoint(Asked(name, settings={"ssh_config": str(path)}))
        for name in ("10.0.0.1", "10.0.0.2")
    )
    assert (one.host, one.user, two.host) == ("10.0.0.1", "ops", "10.0.0.2")
    assert one.options is two.options
    again = configuration.endpoint(Asked("10.0.0.1", settings={"ssh_config": str(path)}))
    assert again is one, "and are read once"


def test_estate_settings_override_the_configuration(config: Path) -> None:
    asked = Asked(
        "db",
        user="me",
        port=99,
        settings={"ssh_config": str(config), "jump": "a@b:7,[::1]:8", "known_hosts": "~/kh"},
    )
    configuration = Configuration(12)
    endpoint = configuration.endpoint(asked)
    configuration.close()
    assert (endpoint.host, endpoint.port, endpoint.user) == ("10.0.0.2", 99, "me")
    assert endpoint.trust_name == "store"
    assert endpoint.jump == ("a@b:7", "[::1]:8")
    assert endpoint.known_hosts == (str(Path.home() / "kh"),)
    assert endpoint.timeout == 4


def test_tokens_in_known_hosts_files(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "Host *\n  HostName 10.0.0.1\n  UserKnownHostsFile ~/kh_%h_%n /%%d %d/kh\n"
        "  GlobalKnownHostsFile none\n"
    )
    endpoint = Configuration(12).endpoint(Asked("web", settings={"ssh_config": str(path)}))
    home = str(Path.home())
    assert endpoint.known_hosts == (f"{home}/kh_10.0.0.1_web", "/%d", f"{home}/kh")


def test_hops_have_the_targets_files_but_not_its_user_or_password() -> None:
    target = Asked("db", "me", 22, {"identity": "i", "password": "p", "jump": "x"})
    assert parse_hop("edge", target) == Asked("edge", None, None, {"identity": "i"}, hop=True)
    hop = parse_hop("ops@[fe80::1]:2200", target)
    assert (hop.name, hop.user, hop.port) == ("fe80::1", "ops", 2200)
    assert parse_hop("fe80::1", target).name == "fe80::1"
    for wrong in ("", "user@", "host:port", "-oProxyCommand=x"):
        with pytest.raises(Unsupported, match="jump host"):
            parse_hop(wrong, target)
