"""Kubeconfigs as the library reads them, and what is told of those it cannot read."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from opsconsole.transports.kubernetes import loading
from opsconsole.transports.kubernetes.loading import Refused, load

PLAIN = """
current-context: two
contexts:
- {name: one, context: {cluster: c, user: u}}
- {name: two, context: {cluster: c, user: v}}
clusters:
- {name: c, cluster: {server: "https://api.example:6443/prefix/", proxy-url: "http://proxy:3128",
   tls-server-name: inside, certificate-authority: ca.pem}}
users:
- {name: u, user: {username: jane, password: secret}}
- {name: v, user: {tokenFile: token, as: root, as-groups: [system:masters]}}
"""


def read(kubeconfig: str, context: str, folder: str) -> dict[str, Any]:
    return dict(load(kubeconfig, context, folder))


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.write_text(PLAIN)
    (tmp_path / "ca.pem").write_text("authority")
    (tmp_path / "token").write_text("abc\n")
    return path


def test_it_says_where_who_and_which_files(kubeconfig: Path, tmp_path: Path) -> None:
    said = read(str(kubeconfig), "", str(tmp_path / "scraps"))
    assert said["server"] == "https://api.example:6443/prefix"
    assert said["authorization"] == "Bearer abc"
    assert (said["ca"], said["server_name"], said["proxy"]) == (
        "authority",
        "inside",
        "http://proxy:3128",
    )
    assert said["impersonate"] == [["Impersonate-User", "root"], ["Impersonate-Group", MASTERS]]
    assert {Path(one).name for one in said["files"]} == {"config", "ca.pem", "token"}
    assert not said["insecure"]


MASTERS = "system:masters"


def test_another_context_is_another_account(kubeconfig: Path, tmp_path: Path) -> None:
    said = read(str(kubeconfig), "one", str(tmp_path / "scraps"))
    assert said["authorization"] == f"Basic {base64.b64encode(b'jane:secret').decode()}"
    assert said["impersonate"] == []


def test_several_files_are_one_and_the_first_word_counts(
    kubeconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    first.write_text("current-context: one\nusers: [{name: u, user: {token: t}}]\n")
    monkeypatch.setenv("KUBECONFIG", f"{first}:{kubeconfig}:{tmp_path / 'none'}")
    assert read("", "", str(tmp_path / "scraps"))["authorization"] == "Bearer t"


def test_proxies_of_the_environment_are_not_asked(
    kubeconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubeconfig.write_text(PLAIN.replace('proxy-url: "http://proxy:3128",', ""))
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere:1")
    assert read(str(kubeconfig), "", str(tmp_path / "scraps"))["proxy"] == ""


@pytest.mark.parametrize(
    ("text", "context", "said"),
    [
        (PLAIN, "three", "no context 'three' in .*; there are: one, two"),
        (PLAIN.replace("current-context: two", ""), "", "no context is current; there are: one"),
        ("a: [", "", "no YAML: .*line 1"),
        ("- a\n- b\n", "", "no kubeconfig"),
        ("", "", "empty"),
        ("contexts: 7\ncurrent-context: a", "", "no kubeconfig"),
        (PLAIN.replace("ca.pem", "no.pem"), "", "no.pem"),
        (PLAIN.replace("cluster: c,", "cluster: d,"), "", "name d"),
    ],
)
def test_what_cannot_be_used_is_said(
    kubeconfig: Path, tmp_path: Path, text: str, context: str, said: str
) -> None:
    kubeconfig.write_text(text)
    with pytest.raises(Refused, match=said) as caught:
        read(str(kubeconfig), context, str(tmp_path / "scraps"))
    assert caught.value.remedy


def test_no_file_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"there is no kubeconfig .*/none"):
        read(str(tmp_path / "none"), "", "")


@pytest.mark.parametrize(
    ("argv", "what", "remedy"),
    [
        (["/nowhere/kubelogin"], "the plug-in /nowhere/kubelogin is not there", "install it so"),
        ([sys.executable, "-c", "exit('who are you')"], "failed: .*who are you", "by hand"),
        ([sys.executable, "-c", "print('{}')"], "failed: .*missing key", "by hand"),
    ],
)
def test_a_plugin_that_does_not_help_is_told(
    tmp_path: Path, argv: list[str], what: str, remedy: str
) -> None:
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": argv[0],
        "args": argv[1:],
        "installHint": "install it so",
    }
    path = tmp_path / "config"
    config = {
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "a", "user": {"exec": plugin}}],
    }
    path.write_text(json.dumps(config))
    with pytest.raises(Refused, match=what) as caught:
        read(str(path), "", str(tmp_path / "scraps"))
    assert remedy in caught.value.remedy


def test_a_pod_finds_its_own_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    with pytest.raises(Refused, match="no service account of a pod"):
        read(loading.IN_CLUSTER, "", "")
    (tmp_path / "token").write_text("abc\n")
    (tmp_path / "ca.crt").write_text("authority")
    said = read(loading.IN_CLUSTER, "", "")
    assert said["server"] == "https://10.0.0.1:443"
    assert said["authorization"] == "Bearer abc"
    assert said["files"] == [str(tmp_path / "token"), str(tmp_path / "ca.crt")]


def test_what_came_of_it_is_one_object(kubeconfig: Path, tmp_path: Path) -> None:
    written: list[str] = []
    loading.main([str(kubeconfig), "", str(tmp_path)], written.append)
    loading.main([str(kubeconfig), "none", str(tmp_path)], written.append)
    good, bad = map(json.loads, written)
    assert good["server"].startswith("https://api.example")
    assert set(bad) == {"error", "remedy"}
