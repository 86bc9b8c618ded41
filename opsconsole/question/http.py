"""What is asked over HTTP: one page, documents that lead to one another, a controller of doors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request below the URL of an HTTP target. It must not change anything there."""

    path: str
    """With its query: `/api/v2/alerts?active=true`."""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    statuses: tuple[int, ...] = ()
    """Besides 200 to 299: statuses whose body is an answer and no fault."""
    hangs_up: bool = False
    """The server may close the connection in place of an answer: that concerns this exchange only,
    and says nothing of whether the server is there."""


@dataclass(frozen=True, slots=True)
class HttpCrawl(HttpRequest):
    """Documents that lead to one another by links (`@odata.id` of Redfish), from `path` on.

    No path is built: ids and places differ by vendor. The answer is one JSON object: a document by
    its path, or the number of the status with which it was refused.
    """

    follow: tuple[tuple[str, ...], ...] = ()
    """Keys from the first document: `("Systems", "Members", "Storage", "Members", "Drives")`. All
    items of a list are followed; of `ThermalSubsystem|Thermal` the first that is there."""
    most: int = 300
    """Documents that are read at most; more are left out, and said by the key `""`: how many."""


@dataclass(frozen=True, slots=True)
class IsapiRequest(HttpRequest):
    """One request to an access controller that speaks ISAPI; it must only read there.

    The answer, JSON or XML, comes as JSON: `said` is the document, `at` our own Unix time when it
    was given, so that clocks can be compared. What is named like a password is left out.
    """

    since: tuple[str, ...] = ()
    """Keys to a list in the document: `since` of the answer has, for each item of it, since when
    (Unix time) it was seen with the value it has."""
    keep: float = 0.0
    """Seconds for which an answer is good, while the session lasts."""
    newest: bool = False
    """A search of the log, wanted from its end: of a controller that tells the oldest first, the
    last page is asked for."""
