"""Accounts of AWS: calls by boto3 in threads, all regions side by side, each bounded in time.

boto3 is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as _HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

_SHARED = {
    setting.key: setting
    for setting in _HTTP
    if setting.key in {"user", "password", "token", "ca", "proxy"}
}
"""Keys that mean the same to several transports are one object."""

SETTINGS = (
    Setting("profile", Kind.TEXT, "a section of the provider's own files: ~/.aws/config"),
    Setting(
        "regions",
        Kind.TEXT,
        "the regions to ask, or `all` that the account has; that of the profile unless said",
        "names with blanks between: `eu-west-1 us-east-1`, or `all`",
        r"[A-Za-z0-9_.-]+([ ,]+[A-Za-z0-9_.-]+)*",
    ),
    Setting(
        "endpoint",
        Kind.TEXT,
        "ask here instead of at the provider: a private endpoint, a simulator",
        "an address without user and query: `https://vpce.example`",
        r"https?://(?![^/]*@)[^\s/?#]+(/[^\s?#]*)?",
    ),
    *_SHARED.values(),
)


class AwsTransport(PooledTransport):
    """Asks accounts by calls; see `question.CloudCall` for what, `SETTINGS` for how.

    A call is a service, an operation, a region and parameters as JSON; or it reads: `ask`, a region
    (`all` for those of the target) and calls as `cloud.written` writes them. Its status is 0, or 1
    when AWS refuses; `heard` gets the answer as JSON, or the refusal: code and message.
    """

    name = "aws"
    refusal = "an account of AWS is none"
    library = "AWS"
    remedy = "pip install 'opsconsole[aws]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.aws.pool import Pool as Accounts

        return Accounts()


TRANSPORT = AwsTransport
