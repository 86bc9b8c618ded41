"""Providers that apache-libcloud knows, by the same verbs: calls in threads, each bounded in time.

libcloud is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.aws import SETTINGS as _AWS
from opsconsole.transports.pooled import Pool, PooledTransport

SETTINGS = (
    Setting(
        "provider",
        Kind.TEXT,
        "whose cloud it is",
        "openstack, azure, gce, aliyun or digitalocean",
        r"openstack|azure|gce|aliyun|digitalocean",
        required=True,
    ),
    Setting("project", Kind.TEXT, "project of OpenStack and Google; subscription of Azure"),
    Setting("tenant", Kind.TEXT, "tenant (directory) of Azure"),
    Setting("domain", Kind.TEXT, "domain of the user, of OpenStack; Default unless said"),
    Setting(
        "auth_url",
        Kind.TEXT,
        "Keystone of OpenStack",
        "an address without user and query: `https://keystone.example:5000`",
        r"https?://(?![^/]*@)[^\s/?#]+(/[^\s?#]*)?",
    ),
    Setting("key_file", Kind.PATH, "the JSON file of a service account of Google"),
    *(
        setting
        for setting in _AWS
        if setting.key in {"profile", "regions", "endpoint", "user", "password", "ca", "proxy"}
    ),
)


class LibcloudTransport(PooledTransport):
    """Asks clouds by calls; see `question.CloudCall` for what, `SETTINGS` for how.

    A call is `compute`, a verb, a region and parameters as JSON; or it reads: `ask`, a region
    (`all` for those of the target) and calls as `cloud.written` writes them. Its status is 0, or 1
    when the provider refuses; `heard` gets the answer as JSON, or the refusal.
    """

    name = "libcloud"
    refusal = "a cloud is none"
    library = "libcloud"
    remedy = "pip install 'opsconsole[cloud]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.libcloud.pool import Pool as Accounts

        return Accounts()


TRANSPORT = LibcloudTransport
