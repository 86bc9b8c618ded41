"""How instances are, as their provider sees them, what they are tagged, and what was changed."""

import itertools
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from opsconsole.transports.libcloud.direct import (
    PAGES,
    aliyun,
    aliyun_all,
    azure,
    google,
    listed,
    mapped,
    placed,
    worded,
)

CHANGES = 200
"""The newest that are told."""

SPAN = 6 * 3600.0
"""Seconds back to which Azure is asked; others tell their newest."""

TAG_PAGES = 200
"""Of Alibaba's tags, which have 50 each."""

_MACHINES = ["microsoft.compute", "virtualmachines"]


def health(driver: Any, provider: str) -> Iterator[dict[str, Any]]:
    """Health and what is planned, by id of instance; nothing of providers that do not tell."""
    for one in _HEALTH.get(provider, _nothing)(driver):
        yield {**one, "provider": provider}


def changes(driver: Any, provider: str) -> Iterator[dict[str, Any]]:
    """What was changed, by whom. Raises `NotImplementedError`."""
    if provider not in _CHANGES:
        raise NotImplementedError("changes")
    for one in itertools.islice(_CHANGES[provider](driver), CHANGES):
        yield {**one, "provider": provider}


def _nothing(_driver: Any) -> Iterator[dict[str, Any]]:
    return iter(())


def _azure_health(driver: Any) -> Iterator[dict[str, Any]]:
    version = {"api-version": "2020-05-01"}
    kind = "Microsoft.ResourceHealth/availabilityStatuses"
    for one in map(mapped, azure(driver, kind, **version)):
        id_, inner = str(one.get("id")), mapped(one.get("properties"))
        if id_.lower().split("/")[6:8] == _MACHINES:
            yield {
                "id": placed(id_),
                "health": inner.get("availabilityState"),
                "why": inner.get("reasonType"),
            }


def _aliyun_health(driver: Any) -> Iterator[dict[str, Any]]:
    for page in range(1, PAGES + 1):
        found = aliyun(
            driver,
            "InstanceFullStatusSet/InstanceFullStatusType",
            Action="DescribeInstancesFullStatus",
            PageSize="100",
            PageNumber=str(page),
        )
        for one in found:
            text = partial(worded, driver, one)
            event = "ScheduledSystemEventSet/ScheduledSystemEventType"
            yield {
                "id": text("InstanceId"),
                "health": text("HealthStatus/Name"),
                "event": text(f"{event}/EventType/Name"),
                "event_at": text(f"{event}/NotBefore"),
            }
        if len(found) < 100:
            return


def tags(driver: Any, provider: str, id_: str = "") -> Iterator[dict[str, Any]]:
    """Tags of instances, or of one, where a provider keeps them apart: of Alibaba."""
    if provider != "aliyun":
        return
    found: dict[str, dict[str, str]] = {}
    one = {"ResourceId.1": id_} if id_ else {}
    token = ""
    for _ in range(TAG_PAGES):
        more = {"NextToken": token} if token else {}
        asked = {"Action": "ListTagResources", "ResourceType": "instance", **one, **more}
        (whole,) = aliyun(driver, ".", **asked)
        for element in aliyun_all(driver, whole, "TagResources/TagResource"):
            text = partial(worded, driver, element)
            found.setdefault(text("ResourceId"), {})[text("TagKey")] = text("TagValue")
        token = worded(driver, whole, "NextToken")
        if not token:
            break
    for instance, said in found.items():
        yield {"id": instance, "tags": said, "provider": provider}


_HEALTH = {"azure": _azure_health, "aliyun": _aliyun_health}


def _azure_changes(driver: Any) -> Iterator[dict[str, Any]]:
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - SPAN))
    asked = {
        "api-version": "2015-04-01",
        "$filter": f"eventTimestamp ge '{since}'",
        "$select": "eventDataId,eventTimestamp,caller,operationName,resourceId,status",
    }
    for one in map(
        mapped, azure(driver, "Microsoft.Insights/eventtypes/management/values", **asked)
    ):
        state = str(mapped(one.get("status")).get("value"))
        if state in {"Started", "Accepted"}:
            continue  # its end has a line of its own
        yield {
            "id": one.get("eventDataId"),
            "at": one.get("eventTimestamp"),
            "who": one.get("caller"),
            "did": mapped(one.get("operationName")).get("value"),
            "thing": placed(one.get("resourceId") or ""),
            "state": state,
        }


def _google_changes(driver: Any) -> Iterator[dict[str, Any]]:
    path, order = "/aggregated/operations", {"orderBy": "creationTimestamp desc"}
    found = map(mapped, google(driver, path, "operations", pages=2, **order))
    # Each zone has its own order.
    for one in sorted(found, key=lambda one: str(one.get("insertTime")), reverse=True):
        place = str(one.get("zone") or one.get("region") or "")
        yield {
            "id": one.get("id"),
            "at": one.get("insertTime"),
            "who": one.get("user"),
            "did": one.get("operationType"),
            "thing": "/".join(str(one.get("targetLink")).split("/")[-2:]),
            "state": "failed" if one.get("error") else one.get("status"),
            "place": place.rpartition("/")[2],
        }


def _digitalocean_changes(driver: Any) -> Iterator[dict[str, Any]]:
    answer = driver.connection.request("/v2/actions", params={"per_page": str(CHANGES)}).object
    for one in map(mapped, listed(mapped(answer).get("actions"))):
        yield {
            "id": one.get("id"),
            "at": one.get("started_at"),
            "did": one.get("type"),
            "thing": f"{one.get('resource_type')} {one.get('resource_id')}",
            "state": one.get("status"),
            "place": one.get("region_slug"),
        }


_CHANGES = {
    "azure": _azure_changes,
    "gce": _google_changes,
    "digitalocean": _digitalocean_changes,
}
