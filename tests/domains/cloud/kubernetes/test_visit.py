"""Which words a shell and an editor are begun with, and that no name becomes an option."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.visit import EDIT, SHELL
from opsconsole.errors import UsageError
from opsconsole.plan import Thing


def thing(**pins: str) -> Thing:
    return Thing("prod", tuple(pins.items()), Clean("x"))


def test_words() -> None:
    assert SHELL.argv(thing(namespace="shop", name="web-1")) == (
        *("kubernetes", "exec", "prod", "shop/web-1"),
    )
    assert SHELL.argv(thing(namespace="shop", pod="web-1", name="app")) == (
        *("kubernetes", "exec", "prod", "shop/web-1", "-c", "app"),
    )
    assert EDIT.argv(thing(kind="Deployment", namespace="shop", name="web")) == (
        *("kubernetes", "edit", "prod", "Deployment/shop/web"),
    )
    assert EDIT.argv(thing(namespace="shop", name="web-1"))[-1] == "Pod/shop/web-1"
    assert EDIT.argv(thing(name="worker-1"))[-1] == "Node/worker-1"
    kind = "gadgets.v1.example.com"
    assert EDIT.argv(thing(kind=kind, namespace="", name="g"))[-1] == f"{kind}/g"


@pytest.mark.parametrize("name", ["-x", "--estate=/tmp/x", "a b", "a/b", "", "a\nb"])
def test_a_hostile_name_is_no_word(name: str) -> None:
    with pytest.raises(UsageError, match="no name"):
        SHELL.argv(thing(namespace="shop", name=name))
    with pytest.raises(UsageError, match="no name"):
        SHELL.argv(thing(namespace=name, name="web"))


def test_a_shell_is_for_what_runs() -> None:
    assert SHELL.fits({"phase": Clean("Running"), "status": Clean("CrashLoopBackOff")})
    assert not SHELL.fits({"phase": Clean("Pending"), "status": Clean("Pending")})
