"""Keys of a target that only its transport knows: read by their form, missed when they are not."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import Estate, load
from opsconsole.secret import Secret
from opsconsole.spec import Integration, Kind, Setting
from tests.estate.conftest import write

SETTINGS = {
    "web": (
        Setting("url", Kind.TEXT, "where", "a URL", r"http://\S+", required=True),
        Setting("token", Kind.SECRET, "who"),
        Setting("user", Kind.TEXT, "who"),
        Setting("password", Kind.SECRET, "who"),
        Setting("ca", Kind.PATH, "whom"),
        Setting("insecure", Kind.FLAG, "anybody"),
        Setting("depth", Kind.WHOLE, "how deep", low=1, high=9),
    )
}
KINDS = {
    "host": Integration("host", "Host", (), ()),
    "shop": Integration("shop", "Shop", (), (), transports=("web",)),
}
SHOP = '[target.shop]\nkind = "shop"\nurl = "http://a"\n'


def read(folder: Path, text: str) -> Estate:
    path = write(folder / "e.toml", text)
    ways = {"ssh", "local", "web"}
    return load(path, {}, kinds=KINDS, transports=ways, integrations=KINDS, settings=SETTINGS)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(EstateError) as caught:
        read(folder, text)
    return [str(problem).partition("target.")[2] for problem in caught.value.problems]


def test_each_form_is_read_and_the_usual_transport_is_the_kinds(here: Path) -> None:
    more = 'user = "me"\ntoken = { env = "T" }\nca = "ca.pem"\ninsecure = true\ndepth = 3\n'
    target = read(here, SHOP + more).by_id["shop"]
    assert (target.transport, target.user) == ("web", "me")
    assert target.settings == {
        "url": "http://a",
        "token": Secret("env", ("T",)),
        "ca": str(here / "ca.pem"),
        "insecure": True,
        "depth": 3,
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('token = "plain"', "shop.token: found a secret in plain text; allowed: a reference"),
        ('ulr = "http://a"', "shop.ulr: found unknown key"),
        ("insecure = 1", "shop.insecure: found 1; allowed: true or false"),
        ("depth = 10", "shop.depth: found 10; allowed: a whole number, 1 to 9"),
        ('jump = "b"', "shop.jump: found a jump, of which transport 'web' makes no use; allowed: "),
        ("port = 22", "shop.port: found a port, of which transport 'web' makes no use; allowed: "),
        ('transport = "ssh"', "shop.transport: found 'ssh', which reaches no shop; allowed: web"),
    ],
)
def test_what_does_not_fit_is_told(here: Path, line: str, said: str) -> None:
    (problem,) = problems(here, SHOP + line)
    assert problem.startswith(said)


def test_a_misspelt_key_meets_its_nearest(here: Path) -> None:
    (problem,) = problems(here, SHOP + 'tokn = "x"')
    assert problem.endswith("(did you mean 'token'?)")


def test_what_must_be_said_is_missed(here: Path) -> None:
    assert problems(here, '[target.shop]\nkind = "shop"\n') == [
        "shop.url: found none; allowed: a URL"
    ]


def test_a_bad_value_is_told_once(here: Path) -> None:
    assert problems(here, '[target.shop]\nkind = "shop"\nurl = "ftp://a"\n') == [
        "shop.url: found 'ftp://a'; allowed: a URL"
    ]


def test_a_host_has_no_use_for_such_keys(here: Path) -> None:
    (problem,) = problems(here, '[target.web-1]\nurl = "http://a"\n')
    assert problem.startswith("web-1.url: found a url, of which transport 'ssh' makes no use")


def test_defaults_reach_only_who_can_use_them(here: Path) -> None:
    text = (
        '[defaults]\nuser = "ops"\njump = "bastion"\nca = "ca.pem"\nlabels = { env = "prod" }\n'
        '[defaults.shop]\ntoken = { env = "T" }\n[target.web-1]\n' + SHOP
    )
    estate = read(here, text)
    host, shop = estate.by_id["web-1"], estate.by_id["shop"]
    assert (host.user, dict(host.settings)) == ("ops", {"jump": "bastion"})
    assert shop.settings == {
        "url": "http://a",
        "ca": str(here / "ca.pem"),
        "token": Secret("env", ("T",)),
    }
    assert (shop.user, dict(shop.labels)) == ("ops", {"env": "prod"})
