"""What libcloud has no verbs for: its own connections are asked directly, page by page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from libcloud.utils import xml

_XML = cast("Any", xml)  # it comes without types

PAGES = 20
"""Of one list; most providers have 50 to 500 lines on each."""

AZURE = {"api-version": "2019-07-01"}


def listed(value: Any) -> list[Any]:
    """A list, else an empty one."""
    return [*cast("Iterable[Any]", value)] if isinstance(value, list) else []


def mapped(value: Any) -> Mapping[str, Any]:
    """A mapping, else an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def azure(driver: Any, kind: str, **params: str) -> Iterator[Any]:
    """Things of a subscription: `kind` is a provider of Azure's and what of it."""
    path = f"/subscriptions/{driver.subscription_id}/providers/{kind}"
    asked = {**AZURE, **params}
    for _ in range(PAGES):
        answer = mapped(driver.connection.request(path, params=asked).object)
        yield from listed(answer.get("value"))
        # It names a whole address: only what is asked is taken of it, for the token goes along.
        asked = dict(parse_qsl(urlsplit(str(answer.get("nextLink") or "")).query))
        if not asked:
            return


def placed(id_: Any) -> str:
    """Group and name of something of Azure, as instances are named here."""
    parts = str(id_).split("/")
    return f"{parts[4].lower()}/{parts[8]}" if len(parts) > 8 else str(id_)


def google(
    driver: Any, path: str, within: str = "", *, pages: int = PAGES, **params: str
) -> Iterator[Any]:
    """Items of all pages; of a list over all places, those that each has as `within`."""
    asked = dict(params)
    for _ in range(pages):
        answer = mapped(driver.connection.request(path, params=asked).object)
        found = answer.get("items")
        if within:
            for each in mapped(found).values():
                yield from listed(mapped(each).get(within))
        else:
            yield from listed(found)
        asked["pageToken"] = str(answer.get("nextPageToken") or "")
        if not asked["pageToken"]:
            return


def digitalocean(driver: Any, kind: str) -> list[Any]:
    """All things of a kind."""
    return listed(driver._paginated_request(f"/v2/{kind}", kind))


def aliyun(driver: Any, found: str, **params: str) -> Sequence[Any]:
    """Elements of one page of ECS; `.` is all of it."""
    said = {"RegionId": driver.region, **params}
    answer = driver.connection.request(driver.path, said).object
    return [answer] if found == "." else aliyun_all(driver, answer, found)


def aliyun_all(driver: Any, element: Any, found: str) -> Sequence[Any]:
    """Elements below one."""
    return cast("Sequence[Any]", _XML.findall(element, found, namespace=driver.namespace))


def worded(driver: Any, element: Any, name: str) -> str:
    """The text of what an element of ECS has by that name."""
    return str(_XML.findtext(element, name, namespace=driver.namespace) or "")
