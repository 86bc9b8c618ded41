"""What servers of data and clusters are asked: statements, commands, lists that they tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement to a database. It must only read there.

    Asked only of servers it fits, so that one exchange serves all versions and families; what is
    not asked is answered as `ABSENT` (see `table`). Its columns should be cast to text, integers,
    floats and flags by the statement itself: times to seconds, addresses to text. Rows of a
    statement that cannot choose its columns (`SHOW` of MySQL) come as tables by column name.
    """

    sql: str
    since: int = 0
    """Lowest version of a server that is asked, as its family counts: PostgreSQL 150004, MySQL
    80036, MariaDB 101106."""
    until: int = 0
    """The first version that is not asked any more; 0 for none."""
    family: str = ""
    """Ask only these, where one wire serves several: `mysql`, `mariadb`; empty asks all."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command to a key-value server, word by word. It must only read there."""

    words: tuple[str, ...]
    each: tuple[str, ...] = ()
    """Another command, which answers a list: `words` are asked once for every item of it, with the
    item's `name` in the place of a word `*`. The answer is a list of pairs: name, answer."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A list of objects of an API server that is kept up to date: read in pages, then watched.

    The only question of a watched exchange (`spec.Exchange.watched`), whose payloads are turns:
    see `turn`.
    """

    path: str
    """Of the collection, without a query: `/apis/apps/v1/deployments`. Empty: whoever looks chooses
    it (`ports.Choosing`), and the body of each turn begins with a line that says which it is."""
    page: int = 500
    """Objects of one page."""
    query: tuple[tuple[str, str], ...] = ()
    """Selectors: `(("fieldSelector", "type=Warning"),)`."""
    accept: str = "application/json"
    """`application/json;as=Table;v=v1;g=meta.k8s.io` for columns that the server prints."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the transport itself holds open to a target: nothing is asked there.

    `KubernetesTransport` answers its forwarded ports, as JSON.
    """
