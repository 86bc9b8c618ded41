"""One rule that lets something in: looked at, taken away and put back, as each provider has it.

What is taken away is the whole rule as the provider keeps it: of some it opens several ports.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from libcloud.common.exceptions import BaseHTTPError
from libcloud.common.types import ProviderError

from opsconsole.transports.libcloud.direct import AZURE, aliyun, listed, mapped, worded

Rule = Mapping[str, Any]


def _named(given: Rule) -> tuple[str, str]:
    group, _, name = str(given["rule"]).partition(" ")
    return group, name


def rule(driver: Any, provider: str, given: Rule) -> Iterator[dict[str, Any]]:
    """The rule of that name, `GROUP NAME`; nothing where there is no such group."""
    group, name = _named(given)
    try:
        found = _WAYS[provider].look(driver, group, name)
    except (BaseHTTPError, ProviderError) as error:
        if 404 in {getattr(error, "code", None), getattr(error, "http_code", None)}:
            return
        raise
    found = found or {"on": False}
    yield {**found, "group": group, "rule": f"{group} {name}", "provider": provider}


def close(driver: Any, provider: str, given: Rule) -> bool:
    """Take it away; `is` stands in what `rule` found."""
    _WAYS[provider].close(driver, *_named(given), mapped(given["is"]))
    return True


def reopen(driver: Any, provider: str, given: Rule) -> bool:
    """Put it back as it was."""
    _WAYS[provider].open(driver, *_named(given), mapped(given["is"]))
    return True


class Way(NamedTuple):
    """How one provider does it; each is given a driver, a group and the name of a rule."""

    look: Callable[[Any, str, str], dict[str, Any] | None]
    close: Callable[[Any, str, str, Rule], Any]
    open: Callable[[Any, str, str, Rule], Any]


def _found(one: Rule, name: Any, opens: str, **more: Any) -> dict[str, Any]:
    return {"is": dict(one), "name": name, "opens": opens, "on": True, **more}


def _picked(one: Rule, *keys: str) -> dict[str, Any]:
    return {key: one[key] for key in keys if one.get(key) is not None}


def _part(name: str) -> str:
    """A name within an address: it leads to nothing beside."""
    if name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is no name")
    return quote(name, safe="")


def _words(value: Any) -> str:
    return ", ".join(map(str, listed(value)))


_STACK = (
    *("direction", "ethertype", "protocol", "port_range_min", "port_range_max"),
    "remote_ip_prefix",
)
"""What a rule of OpenStack is told by: one that is put back has another id."""


def stacked(one: Rule) -> str:
    """Such a rule as a name."""
    return " ".join(str(one[key]) for key in _STACK if one.get(key) is not None)


def _openstack(driver: Any, group: str, name: str) -> dict[str, Any] | None:
    answer = driver.network_connection.request(f"/v2.0/security-groups/{_part(group)}").object
    whole = mapped(mapped(answer).get("security_group"))
    for one in map(mapped, listed(whole.get("security_group_rules"))):
        if stacked(one) == name and not one.get("remote_group_id"):
            source = one.get("remote_ip_prefix") or f"all of {one.get('ethertype') or 'IPv4'}"
            low, high = one.get("port_range_min"), one.get("port_range_max")
            ports = "all" if low is None else f"{low}-{high}"
            kept = {**_picked(one, *_STACK, "description", "id"), "security_group_id": group}
            said = f"{one.get('protocol') or 'all'} {ports} from {source}"
            return _found(kept, whole.get("name"), said, tags=whole.get("tags"))
    return None


def _openstack_close(driver: Any, _group: str, _name: str, one: Rule) -> None:
    path = f"/v2.0/security-group-rules/{_part(str(one.get('id') or ''))}"
    driver.network_connection.request(path, method="DELETE")


def _openstack_open(driver: Any, _group: str, _name: str, one: Rule) -> None:
    body = {"security_group_rule": {key: said for key, said in one.items() if key != "id"}}
    driver.network_connection.request("/v2.0/security-group-rules", method="POST", data=body)


def _azure_group(driver: Any, group: str) -> str:
    place, _, name = group.partition("/")
    return (
        f"/subscriptions/{driver.subscription_id}/resourceGroups/{_part(place)}"
        f"/providers/Microsoft.Network/networkSecurityGroups/{_part(name)}"
    )


def _azure(driver: Any, group: str, name: str) -> dict[str, Any] | None:
    whole = mapped(driver.connection.request(_azure_group(driver, group), params=AZURE).object)
    inner = mapped(whole.get("properties"))
    uses = len(listed(inner.get("subnets"))) + len(listed(inner.get("networkInterfaces")))
    for found in map(mapped, listed(inner.get("securityRules"))):
        if found.get("name") != name:
            continue
        one = {
            key: said
            for key, said in mapped(found.get("properties")).items()
            if key != "provisioningState"
        }
        ports, sources = (
            one.get(key) or _words(one.get(f"{key}s"))
            for key in ("destinationPortRange", "sourceAddressPrefix")
        )
        opens = f"{one.get('protocol')} {ports} from {sources}"
        return _found(one, whole.get("name"), opens, tags=whole.get("tags"), uses=uses)
    return None


def _azure_do(method: str, driver: Any, group: str, name: str, one: Rule) -> None:
    path = f"{_azure_group(driver, group)}/securityRules/{_part(name)}"
    body = {"data": {"properties": dict(one)}} if method == "PUT" else {}
    driver.connection.request(path, params=AZURE, method=method, **body)


def _google(driver: Any, _group: str, name: str) -> dict[str, Any] | None:
    one = mapped(driver.connection.request(f"/global/firewalls/{_part(name)}").object)
    allowed = map(mapped, listed(one.get("allowed")))
    opens = "; ".join(
        f"{each.get('IPProtocol')} {_words(each.get('ports')) or 'all'}" for each in allowed
    )
    sources = _words(one.get("sourceRanges")) or "anywhere"
    network = str(one.get("network")).rpartition("/")[2]
    found = _found({}, network, f"{opens} from {sources}")
    return {**found, "on": one.get("disabled") is not True}


def _google_do(said: Rule, driver: Any, _group: str, name: str, _one: Rule) -> None:
    path = f"/global/firewalls/{_part(name)}"
    driver.connection.request(path, method="PATCH", data=dict(said))


_KEYS = ("IpProtocol", "PortRange", "SourceCidrIp", "Ipv6SourceCidrIp", "Priority", "NicType")
"""What names a rule of Alibaba, which gives an id only to newer ones."""


def permission(driver: Any, element: Any) -> dict[str, str]:
    """A rule of Alibaba by what names it."""
    found = {key: worded(driver, element, key) for key in _KEYS}
    return {key: said for key, said in found.items() if said}


def called(one: Rule) -> str:
    """Such a rule as a name."""
    return " ".join(str(one[key]) for key in _KEYS if key in one)


def _aliyun(driver: Any, group: str, name: str) -> dict[str, Any] | None:
    found = aliyun(
        driver,
        "Permissions/Permission",
        Action="DescribeSecurityGroupAttribute",
        SecurityGroupId=group,
        Direction="ingress",
    )
    for element in found:
        one = permission(driver, element)
        accepts = worded(driver, element, "Policy").lower() == "accept"
        if accepts and called(one) == name:
            source = one.get("SourceCidrIp") or one.get("Ipv6SourceCidrIp")
            opens = f"{one.get('IpProtocol')} {one.get('PortRange')} from {source}"
            says = worded(driver, element, "Description")
            return _found({**one, **({"Description": says} if says else {})}, "", opens)
    return None


def _aliyun_do(action: str, driver: Any, group: str, _name: str, one: Rule) -> None:
    keys = _KEYS if action.startswith("Revoke") else (*_KEYS, "Description")
    said = {key: str(one[key]) for key in keys if key in one}
    aliyun(driver, "RequestId", Action=action, SecurityGroupId=group, Policy="accept", **said)


def _digitalocean(driver: Any, group: str, name: str) -> dict[str, Any] | None:
    answer = driver.connection.request(f"/v2/firewalls/{_part(group)}").object
    whole = mapped(mapped(answer).get("firewall"))
    for one in map(mapped, listed(whole.get("inbound_rules"))):
        if f"{one.get('protocol')} {one.get('ports')}" == name:
            sources = mapped(one.get("sources")).values()
            opens = f"{name} from {', '.join(filter(None, map(_words, sources)))}"
            uses = None if whole.get("tags") else len(listed(whole.get("droplet_ids")))
            return _found(one, whole.get("name"), opens, uses=uses)
    return None


def _digitalocean_do(method: str, driver: Any, group: str, _name: str, one: Rule) -> None:
    body = json.dumps({"inbound_rules": [dict(one)]})
    driver.connection.request(f"/v2/firewalls/{_part(group)}/rules", method=method, data=body)


_WAYS: Mapping[str, Way] = {
    "openstack": Way(_openstack, _openstack_close, _openstack_open),
    "azure": Way(_azure, partial(_azure_do, "DELETE"), partial(_azure_do, "PUT")),
    "gce": Way(
        _google,
        partial(_google_do, {"disabled": True}),
        partial(_google_do, {"disabled": False}),
    ),
    "aliyun": Way(
        _aliyun,
        partial(_aliyun_do, "RevokeSecurityGroup"),
        partial(_aliyun_do, "AuthorizeSecurityGroup"),
    ),
    "digitalocean": Way(
        _digitalocean, partial(_digitalocean_do, "DELETE"), partial(_digitalocean_do, "POST")
    ),
}
