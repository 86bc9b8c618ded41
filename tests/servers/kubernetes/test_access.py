"""Who gets in and what they may; TLS, kubeconfigs, metrics, and resources that a test brings."""

import datetime
import ssl
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import aiohttp
import pytest
import yaml

from tests.servers.authority import Authority
from tests.servers.kubernetes import VIEWER, Kubernetes, Login, kubernetes
from tests.servers.kubernetes.client import TABLE, Client, client, configured
from tests.servers.kubernetes.refusal import Json

PODS = "/api/v1/namespaces/default/pods"
REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@pytest.fixture(scope="module")
def server() -> Generator[Kubernetes, None, None]:
    with kubernetes() as found:
        yield found


@pytest.fixture
async def asked(server: Kubernetes) -> AsyncGenerator[Client, None]:
    async with client(server.base_url) as found:
        yield found


async def test_rules_hold_where_they_say(server: Kubernetes) -> None:
    server.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}})
    rules = [
        {"verbs": ["list", "create"], "apiGroups": [""], "resources": ["pods", "pods/eviction"],
         "namespaces": ["mine"]},
        {"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments/scale"],
         "resourceNames": ["web"]},
    ]  # fmt: skip
    server.control("user", token="some", name="some", rules=rules)
    async with client(server.base_url, "some") as asked:
        assert (await asked.get("/api/v1/namespaces/mine/pods")).status == 200
        assert (await asked.get("/version")).status == 200
        refused = (await asked.get(f"{PODS}/x")).body
        assert refused["message"] == (
            'pods "x" is forbidden: User "some" cannot get resource "pods" in API group "" in the'
            ' namespace "default"'
        )
        cluster = (await asked.get("/apis/apps/v1/deployments")).body
        assert cluster["message"].endswith('in API group "apps" at the cluster scope')
        told = await asked.ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                               {"spec": {"namespace": "other"}})  # fmt: skip
        assert len(told.body["status"]["resourceRules"]) == 1

        async def may(**attributes: str) -> bool:
            body = {"spec": {"resourceAttributes": attributes}}
            answer: bool = (await asked.ask("POST", REVIEW, body)).body["status"]["allowed"]
            return answer

        wish = {"verb": "create", "resource": "pods", "subresource": "eviction"}
        assert await may(**wish, namespace="mine")
        assert not await may(**wish, namespace="default")
        scale = {"verb": "get", "group": "apps", "resource": "deployments", "subresource": "scale"}
        assert await may(**scale, name="web")
        assert not await may(**scale, name="db")


async def test_metrics_are_there_or_not(server: Kubernetes, asked: Client) -> None:
    server.populate(pods=20, nodes=2, namespaces=1, troubles=0.0)
    base = "/apis/metrics.k8s.io/v1beta1"
    nodes = (await asked.get(f"{base}/nodes")).body
    assert nodes["kind"] == "NodeMetricsList"
    assert {"cpu", "memory"} == set(nodes["items"][0]["usage"])
    pods = (await asked.get(f"{base}/namespaces/team-000/pods")).body
    assert len(pods["items"]) == 20
    assert [each["name"] for each in pods["items"][0]["containers"]] == ["app", "proxy"]
    one = await asked.get(f"{base}/namespaces/team-000/pods/{pods['items'][0]['metadata']['name']}")
    assert one.body["containers"] == pods["items"][0]["containers"]
    server.control("settings", metrics=False)
    gone = await asked.get(f"{base}/nodes")
    assert (gone.status, gone.raw) == (404, b"404 page not found\n")
    groups = (await asked.get("/apis")).body["groups"]
    assert "metrics.k8s.io" not in {each["name"] for each in groups}
    server.control("settings", metrics=True)


def definition(columns: list[Json]) -> Json:
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]}
    version: Json = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
                     "additionalPrinterColumns": columns}  # fmt: skip
    return {"metadata": {"name": "widgets.example.com"},
            "spec": {"group": "example.com", "names": names, "scope": "Namespaced",
                     "versions": [version]}}  # fmt: skip


async def test_a_resource_of_the_test_has_its_columns(asked: Client) -> None:
    columns: list[Json] = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Ready", "type": "string",
         "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "Owner", "type": "string",
         "jsonPath": r".metadata.annotations.example\.com/owner", "priority": 1},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]  # fmt: skip
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert (await asked.ask("POST", crds, definition(columns))).status == 201
    path = "/apis/example.com/v1/namespaces/default/widgets"
    meta = {"name": "w", "annotations": {"example.com/owner": "ops"}}
    body: Json = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": meta,
                  "spec": {"size": 3}}  # fmt: skip
    assert (await asked.ask("POST", path, body)).status == 201
    told: Json = {"status": {"conditions": [{"type": "Other", "status": "False"},
                                            {"type": "Ready", "status": "True"}]}}  # fmt: skip
    assert (await asked.patch(f"{path}/w/status", told)).status == 200
    table = (await asked.get(path, TABLE)).body
    assert [each["name"] for each in table["columnDefinitions"]] == [
        "Name", "Size", "Ready", "Owner", "Age",
    ]  # fmt: skip
    assert table["rows"][0]["cells"][:4] == ["w", 3, "True", "ops"]
    assert table["rows"][0]["cells"][4].endswith("s")
    found = (await asked.get("/apis/example.com/v1")).body["resources"]
    assert [each["name"] for each in found] == ["widgets", "widgets/status"]
    strategic = "application/strategic-merge-patch+json"
    assert (await asked.patch(f"{path}/w", {}, strategic)).status == 415
    async with asked.watch(f"{path}?watch=1&resourceVersion=0", TABLE) as watch:
        assert (await watch.event())["object"]["rows"][0]["cells"][:2] == ["w", 3]
    await asked.ask("DELETE", f"{crds}/widgets.example.com")
    assert (await asked.get(path)).status == 404


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(authority: Authority) -> Generator[Kubernetes, None, None]:
    with kubernetes(tls=authority) as found:
        yield found


async def test_every_login_of_a_kubeconfig_gets_in(
    secured: Kubernetes, authority: Authority, tmp_path: Path
) -> None:
    files = authority.sign("admin")
    logins = (
        Login("token"),
        Login("file", "file", VIEWER),
        Login("certificate", "certificate", files=files),
        Login("data", "data", files=files),
    )
    for login in logins:
        path = secured.kubeconfig(tmp_path / "config", *logins, current=login.name)
        async with configured(path) as asked:
            assert (await asked.get(PODS)).status == 200, login.name
            post = await asked.ask("POST", f"{PODS}?dryRun=All", {"metadata": {"name": "x"}})
            assert post.status == (403 if login.name == "file" else 422), login.name


def test_a_kubeconfig_tells_a_plugin_and_more_of_its_cluster(
    server: Kubernetes, tmp_path: Path
) -> None:
    more = {"insecure-skip-tls-verify": True, "tls-server-name": "api"}
    logins = (Login("plug", "exec", namespace="mine"), Login("bare", "none", cluster=more))
    config = yaml.safe_load(server.kubeconfig(tmp_path / "config", *logins).read_text())
    assert config["current-context"] == "plug"
    assert config["contexts"][0]["context"]["namespace"] == "mine"
    assert config["users"][0]["user"]["exec"]["apiVersion"] == "client.authentication.k8s.io/v1"
    assert config["users"][1]["user"] == {}
    assert config["clusters"][1]["cluster"] == {"server": server.base_url, **more}


async def test_a_new_certificate_is_shown_to_new_connections(
    secured: Kubernetes, authority: Authority, tmp_path: Path
) -> None:
    trusted = ssl.create_default_context(cafile=authority.path)
    day = datetime.timedelta(days=1)
    expired = authority.sign("expired", secured.address, left=-day)
    secured.control("certify", certificate=str(expired[0]), key=str(expired[1]))
    async with client(secured.base_url, tls=trusted) as asked:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await asked.get("/version")
    fresh = authority.sign("fresh", secured.address)
    secured.control("certify", certificate=str(fresh[0]), key=str(fresh[1]))
    async with client(secured.base_url, tls=trusted) as asked:
        assert (await asked.get("/version")).status == 200


async def test_a_stranger_with_a_certificate_stays_outside(
    secured: Kubernetes, authority: Authority, tmp_path: Path
) -> None:
    login = Login("nobody", "certificate", files=authority.sign("nobody"))
    async with configured(secured.kubeconfig(tmp_path / "config", login)) as asked:
        assert (await asked.get("/version")).status == 401
        secured.control("user", certificate="nobody", name="somebody")
        assert (await asked.get("/version")).status == 200
        assert (await asked.get(PODS)).status == 403
