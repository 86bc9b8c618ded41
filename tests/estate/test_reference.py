"""The reference for operators tells every key there is, and its examples work."""

import re
from pathlib import Path

import pytest

from opsconsole.estate import load
from opsconsole.estate.ansible.files import find_hosts
from opsconsole.estate.layer import KEYS
from opsconsole.registry import integrations, settings, transport_names
from opsconsole.secret import KINDS
from tests.conftest import ROOT
from tests.estate.conftest import write

TEXT = (ROOT / "docs" / "estate.md").read_text()


def test_every_key_and_secret_is_told() -> None:
    section = TEXT.partition("## `[target.NAME]`")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(KEYS)
    section = TEXT.partition("## Secrets")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `\{ (\w+) = ", section, re.MULTILINE) == list(KINDS)


def test_every_key_of_http_is_told() -> None:
    section = TEXT.partition("## Targets that answer HTTP")[2].partition("\n## ")[0]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)))
    assert set(keys) == {setting.key for setting in settings()["http"]}


@pytest.mark.parametrize(("title", "name"), [("MySQL and MariaDB", "mysql"), ("Oracle", "oracle")])
def test_the_reference_lists_every_key_of_a_database(title: str, name: str) -> None:
    section = TEXT.partition(f"## {title}")[2].partition("\n## ")[0]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)))
    as_for_http = {"ca", "cert", "key", "insecure"}
    assert all(f"`{key}`" in section for key in as_for_http)
    assert {*keys, *as_for_http} == {setting.key for setting in settings()[name]}


def test_the_page_of_kubernetes_lists_every_key() -> None:
    text = (ROOT / "docs" / "kubernetes.md").read_text()
    section = text.partition("## Adding a cluster")[2].partition("\n## ")[0]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)))
    assert set(keys) == {setting.key for setting in settings()["kubernetes"]}


@pytest.mark.parametrize(("title", "name"), [("AWS", "aws"), ("Other clouds", "libcloud")])
def test_the_reference_lists_every_key_of_a_cloud(title: str, name: str) -> None:
    section = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)))
    assert set(keys) == {setting.key for setting in settings()[name]}


CLOUDS = ("shop-production", "lab")


def test_the_examples_are_an_estate(here: Path) -> None:
    write(here / "home" / ".ssh" / "config", "Host web-2 web-9\nHost other\n")
    write(here / "inventory" / "hosts", "[lab]\nlab-1\n")
    examples = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert len(examples) == 9
    path = write(here / "e.toml", "[group.web]\n" + "".join(examples))
    estate = load(
        path,
        {},
        kinds=integrations().keys(),
        integrations=integrations(),
        transports=transport_names(),
        settings=settings(),
    )
    assert list(estate.by_id) == ["web-1", "db-1", "alerts", "orders", "erp", *CLOUDS,
                                   "web-2", "lab-1"]  # fmt: skip
    assert estate.by_id["alerts"].transport == "http"
    assert estate.by_id["web-1"].settings["jump"] == "bastion"
    assert find_hosts(here / "inventory", []).groups == ("lab",)
