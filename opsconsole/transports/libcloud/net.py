"""What lets the world in, and addresses that are held: in the same words for all providers."""

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from opsconsole.transports.libcloud.direct import (
    PAGES,
    aliyun,
    azure,
    digitalocean,
    google,
    listed,
    mapped,
    placed,
    worded,
)
from opsconsole.transports.libcloud.door import called, permission, stacked

GROUPS = 100
"""Security groups of Alibaba, which are asked for one by one."""

EVERY = 50
"""Rules and sources of one group or rule of a list in a list: the rest is no rule of people."""


def openings(driver: Any, provider: str) -> Iterator[dict[str, Any]]:
    """Rules that let something in: group, name, protocol, ports as they are written, source."""
    for one in _RULES[provider](driver):
        name = f"{one['group']} {one['rule']}"  # groups have no blank in their names
        yield {**one, "rule": name, "provider": provider}


def addresses(driver: Any, provider: str) -> Iterator[dict[str, Any]]:
    """Public addresses that are held: address, id, name, what uses it."""
    for one in _ADDRESSES[provider](driver):
        yield {**one, "provider": provider}


def _rule(
    group: Any, name: Any, protocol: Any, ports: Any, source: Any, uses: Any = None, **more: Any
) -> dict[str, Any]:
    """`more` are `rule`, what names it at its provider, and `says`."""
    return {
        "group": group,
        "name": name,
        "protocol": protocol,
        "ports": ports,
        "source": source,
        "uses": uses,
        **more,
    }


def _of_openstack(driver: Any) -> Iterator[dict[str, Any]]:
    answer = driver.network_connection.request("/v2.0/security-groups").object
    for group in listed(mapped(answer).get("security_groups")):
        for one in map(mapped, listed(mapped(group).get("security_group_rules"))):
            if one.get("direction") != "ingress" or one.get("remote_group_id"):
                continue
            low, high = one.get("port_range_min"), one.get("port_range_max")
            six = one.get("ethertype") == "IPv6"
            yield _rule(
                *(group.get("id"), group.get("name"), one.get("protocol") or "all"),
                "all" if low is None or high is None else f"{low}-{high}",
                one.get("remote_ip_prefix") or ("::/0" if six else "0.0.0.0/0"),
                rule=stacked(one),
                says=one.get("description"),
            )


def _both(rule: Mapping[str, Any], name: str) -> list[Any]:
    """One field of Azure, or many: each has a name of its own."""
    return [one for one in (rule.get(name), *listed(rule.get(f"{name}s"))) if one][:EVERY]


def _of_azure(driver: Any) -> Iterator[dict[str, Any]]:
    for group in map(mapped, azure(driver, "Microsoft.Network/networkSecurityGroups")):
        inner = mapped(group.get("properties"))
        uses = len(listed(inner.get("subnets"))) + len(listed(inner.get("networkInterfaces")))
        for whole in map(mapped, listed(inner.get("securityRules"))):
            one = mapped(whole.get("properties"))
            if (one.get("access"), one.get("direction")) != ("Allow", "Inbound"):
                continue
            ports, sources = (
                _both(one, name) for name in ("destinationPortRange", "sourceAddressPrefix")
            )
            for port, source in itertools.product(ports, sources):
                yield _rule(
                    *(placed(group.get("id")), group.get("name"), one.get("protocol")),
                    *(port, source, uses),
                    rule=whole.get("name"),
                    says=one.get("description"),
                )


def _of_google(driver: Any) -> Iterator[dict[str, Any]]:
    for one in map(mapped, google(driver, "/global/firewalls")):
        if one.get("direction", "INGRESS") != "INGRESS" or one.get("disabled") is True:
            continue
        # Without ranges, tags or accounts everybody is meant.
        named = one.get("sourceTags") or one.get("sourceServiceAccounts")
        sources = listed(one.get("sourceRanges")) or ([] if named else ["0.0.0.0/0"])
        for allowed in map(mapped, listed(one.get("allowed"))):
            ports = listed(allowed.get("ports"))[:EVERY] or ["all"]
            for port, source in itertools.product(ports, sources[:EVERY]):
                yield _rule(
                    *(one.get("name"), str(one.get("network")).rpartition("/")[2]),
                    *(allowed.get("IPProtocol"), port, source),
                    rule=one.get("name"),
                    says=one.get("description"),
                )


def _of_aliyun(driver: Any) -> Iterator[dict[str, Any]]:
    for group in itertools.islice(driver.ex_list_security_groups(), GROUPS):
        found = aliyun(
            driver,
            "Permissions/Permission",
            Action="DescribeSecurityGroupAttribute",
            SecurityGroupId=str(group.id),
            Direction="ingress",
        )
        for one in found:
            text = partial(worded, driver, one)
            source = text("SourceCidrIp") or text("Ipv6SourceCidrIp")
            if text("Policy").lower() != "accept" or not source:
                continue
            yield _rule(
                *(group.id, group.name, text("IpProtocol"), text("PortRange")),
                source,
                rule=called(permission(driver, one)),
                says=text("Description"),
            )


def _of_digitalocean(driver: Any) -> Iterator[dict[str, Any]]:
    for one in map(mapped, digitalocean(driver, "firewalls")):
        # By tags, it is not told whose it is.
        uses = None if one.get("tags") else len(listed(one.get("droplet_ids")))
        for rule in map(mapped, listed(one.get("inbound_rules"))):
            for source in listed(mapped(rule.get("sources")).get("addresses"))[:EVERY]:
                yield _rule(
                    *(one.get("id"), one.get("name"), rule.get("protocol")),
                    *(rule.get("ports"), source, uses),
                    rule=f"{rule.get('protocol')} {rule.get('ports')}",
                )


_RULES = {
    "openstack": _of_openstack,
    "azure": _of_azure,
    "gce": _of_google,
    "aliyun": _of_aliyun,
    "digitalocean": _of_digitalocean,
}


def _address(ip: Any, id_: Any, used_by: Any, name: Any = "", place: Any = "") -> dict[str, Any]:
    return {"ip": ip, "id": id_, "used_by": used_by, "name": name, "place": place}


def _openstack_addresses(driver: Any) -> Iterator[dict[str, Any]]:
    answer = mapped(driver.network_connection.request("/v2.0/floatingips").object)
    for one in map(mapped, listed(answer.get("floatingips"))):
        details = mapped(one.get("port_details"))
        used = details.get("device_id") or one.get("port_id")
        yield _address(one.get("floating_ip_address"), one.get("id"), used, one.get("description"))


def _azure_addresses(driver: Any) -> Iterator[dict[str, Any]]:
    for one in map(mapped, azure(driver, "Microsoft.Network/publicIPAddresses")):
        inner = mapped(one.get("properties"))
        # Gateways hold theirs by a field of their own.
        by = mapped(inner.get("ipConfiguration")).get("id") or mapped(inner.get("natGateway")).get(
            "id"
        )
        id_ = placed(one.get("id"))
        used = "/".join(str(by).split("/")[8:9]) if by else ""
        yield _address(inner.get("ipAddress") or id_, id_, used, one.get("name"),
                       one.get("location"))  # fmt: skip


def _google_addresses(driver: Any) -> Iterator[dict[str, Any]]:
    for one in map(mapped, google(driver, "/aggregated/addresses", "addresses")):
        if one.get("addressType", "EXTERNAL") != "EXTERNAL":
            continue
        users = [str(user).rpartition("/")[2] for user in listed(one.get("users"))]
        used = ", ".join(users) or ("in use" if one.get("status") == "IN_USE" else "")
        place = str(one.get("region") or "").rpartition("/")[2]
        yield _address(one.get("address"), one.get("id"), used, one.get("name"), place)


def _aliyun_addresses(driver: Any) -> Iterator[dict[str, Any]]:
    for page in range(1, PAGES + 1):
        found = aliyun(
            driver,
            "EipAddresses/EipAddress",
            Action="DescribeEipAddresses",
            PageSize="50",
            PageNumber=str(page),
        )
        for one in found:
            names = ("IpAddress", "AllocationId", "InstanceId")
            yield _address(*(worded(driver, one, name) for name in names))
        if len(found) < 50:
            return


def _digitalocean_addresses(driver: Any) -> Iterator[dict[str, Any]]:
    for one in map(mapped, digitalocean(driver, "reserved_ips")):
        used = mapped(one.get("droplet")).get("name")
        ip, place = one.get("ip"), mapped(one.get("region")).get("slug")
        yield _address(ip, ip, used, place=place)


_ADDRESSES = {
    "openstack": _openstack_addresses,
    "azure": _azure_addresses,
    "gce": _google_addresses,
    "aliyun": _aliyun_addresses,
    "digitalocean": _digitalocean_addresses,
}
