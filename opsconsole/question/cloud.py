"""What the API of a cloud is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CloudCall:
    """One call to the API of a cloud, by the names of the library that makes it. It only reads.

    Each is answered as JSON (see `opsconsole.cloud`): what was found in each region, or why not.
    """

    service: str
    """`ec2`, `rds`; `compute` of libcloud."""
    operation: str
    """`describe_instances`; `list_nodes` of libcloud."""
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    """As the library takes them. Texts `@today`, `@today-DAYS`, `@tomorrow`, `@month` and
    `@next-month` (the first of it), `@now-SECONDS` stand for moments; a whole parameter
    `@region` for the region that is asked; `*` and `*.NAME` for an item
    of `of`, or a field of it; `*.NAME>TEXT` for what stands behind that text in it; `**.NAME` for
    that field of all items of a call that is made for several; `#` at the end of a text for its
    number."""
    results: str = ""
    """A JMESPath that picks a list from each page: what is not needed is not carried on."""
    regional: bool = True
    """Asked in each region of the target; otherwise once for the account."""
    keep: float = 0.0
    """Seconds for which an answer is good, whoever asks again: what costs money."""
    page: int = 0
    """Items of a page, where the operation would else send all at once; 0 leaves it to it."""
    pages: int = 0
    """Pages that are read at most, the newest first; 0 for as many as are read of any call."""
    of: "CloudCall | None" = None
    """Another call that lists; this one is made for what it found, with `of` and `items` for each
    as its own items."""
    batch: str = ""
    """The parameter, a list, that holds its objects once for each item of `of`: then many items
    share one call, and the items of all are joined."""
    together: int = 0
    """How many items of `of`, each once, share one call by `**.NAME`; the items of all are joined.
    """
    absent: tuple[str, ...] = ()
    """Codes of refusals that are an answer: there is none, which stands as `absent` beside an
    item's own."""
