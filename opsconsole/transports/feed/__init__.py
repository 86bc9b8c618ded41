"""Pages that tell states and numbers over HTTP, in JSON, XML or CSV, by a map of ways into them.

aiohttp is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

SETTINGS: tuple[Setting, ...] = (
    *HTTP,
    Setting("map", Kind.PATH, "a file that says which page tells what", required=True),
)


class FeedTransport(PooledTransport):
    """Asks for the pages of a map; see `question.Mapped`.

    A call is `READ LANE`, which tells it as JSON, or `OPEN LANE`, sent as the map says. Its status
    is 0, or that of an answer which is none of 2xx.
    """

    name = "feed"
    refusal = "no shell answers HTTP"
    library = "HTTP"
    remedy = "pip install 'aiohttp>=3.11'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.feed.pool import Pool as Targets

        return Targets()


TRANSPORT = FeedTransport
