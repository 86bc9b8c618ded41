"""Credentials: what the estate says, else what the provider's own tools read."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.secret import Secret

VARIABLES: Mapping[str, Mapping[str, str]] = {
    "openstack": {
        "auth_url": "OS_AUTH_URL",
        "user": "OS_USERNAME",
        "password": "OS_PASSWORD",
        "project": "OS_PROJECT_NAME",
        "domain": "OS_USER_DOMAIN_NAME",
        "regions": "OS_REGION_NAME",
    },
    "azure": {
        "tenant": "AZURE_TENANT_ID",
        "project": "AZURE_SUBSCRIPTION_ID",
        "user": "AZURE_CLIENT_ID",
        "password": "AZURE_CLIENT_SECRET",
    },
    "gce": {"key_file": "GOOGLE_APPLICATION_CREDENTIALS", "project": "GOOGLE_CLOUD_PROJECT"},
    "aliyun": {
        "user": "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "password": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "regions": "ALIBABA_CLOUD_REGION_ID",
    },
    "digitalocean": {"password": "DIGITALOCEAN_ACCESS_TOKEN"},
}
"""What the tools of each provider read where nothing else is said."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "openstack": ("auth_url", "user", "password", "project", "regions"),
    "azure": ("tenant", "project", "user", "password"),
    "gce": ("user", "password", "project"),
    "aliyun": ("user", "password", "regions"),
    "digitalocean": ("password",),
}
"""What there must be."""

SECRET = "password"  # noqa: S105 - the word, not one

CLOUDS = ("clouds.yaml", "~/.config/openstack/clouds.yaml", "/etc/openstack/clouds.yaml")
"""Where the tools of OpenStack look."""


@dataclass(frozen=True)
class Credentials:
    """What a driver is made with. Never printed: its text would be secrets."""

    provider: str
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Credentials({self.provider})"

    def get(self, name: str, usual: str = "") -> str:
        """One of them."""
        return self.values.get(name) or usual

    @property
    def regions(self) -> list[str]:
        """Regions, of providers that are asked by region; one without a name otherwise."""
        return self.get("regions").replace(",", " ").split() or [""]


async def credentials(target: Target) -> Credentials:
    """Gather them; raises `Unsupported` with what is missing."""
    provider = str(target.settings.get("provider") or "")
    variables = VARIABLES.get(provider)
    if variables is None:
        raise Unsupported(f"{target.id}: no provider {provider!r}", f"one of {list(VARIABLES)}")
    said = {key: str(target.settings.get(key) or "") for key in (*variables, "key_file")}
    secret = target.settings.get(SECRET)
    said[SECRET] = await secret.reveal() if isinstance(secret, Secret) else ""
    said["user"] = target.user or ""
    if profile := str(target.settings.get("profile") or ""):
        said = {**said, **{k: v for k, v in _profile(target, profile).items() if not said.get(k)}}
    for key, name in variables.items():
        if not said.get(key) and name in os.environ:
            said[key] = await Secret("env", (name,)).reveal()
    if provider == "gce" and said.get("key_file"):
        said |= _key_file(target, Path(said["key_file"]), said)
    missing = [key for key in NEEDED[provider] if not said.get(key)]
    if missing:
        names = ", ".join(f"`{key}`" + (f" or {variables[key]}" if key in variables else "")
                          for key in missing)  # fmt: skip
        raise Unsupported(f"{target.id}: {provider} needs {names}", "docs/cloud.md has an example")
    return Credentials(provider, said)


def _profile(target: Target, name: str) -> dict[str, str]:
    """What `clouds.yaml` says of a cloud of OpenStack."""
    for place in CLOUDS:
        path = Path(place).expanduser()
        if not path.is_file():
            continue
        try:
            whole: Any = yaml.safe_load(path.read_text())
            cloud: dict[str, Any] = whole["clouds"][name]
            auth: dict[str, Any] = cloud["auth"]
        except (OSError, yaml.YAMLError, LookupError, TypeError, UnicodeDecodeError):
            continue
        return {
            "auth_url": str(auth.get("auth_url") or ""),
            "user": str(auth.get("username") or ""),
            SECRET: str(auth.get("password") or ""),
            "project": str(auth.get("project_name") or ""),
            "domain": str(auth.get("user_domain_name") or ""),
            "regions": str(cloud.get("region_name") or ""),
        }
    what = f"{target.id}: no cloud {name!r} in {', '.join(CLOUDS)}"
    raise Unsupported(what, "mend `profile`, or write it there")


def _key_file(target: Target, path: Path, said: Mapping[str, str]) -> dict[str, str]:
    """What a service account's file of Google says."""
    try:
        found = cast("dict[str, Any]", json.loads(path.expanduser().read_text()))
        return {
            "user": str(found["client_email"]),
            SECRET: str(found["private_key"]),
            "project": said.get("project") or str(found["project_id"]),
        }
    except (OSError, ValueError, LookupError, TypeError) as error:
        what = f"{target.id}: {path} is no key of a service account ({type(error).__name__})"
        raise Unsupported(what, "make one: gcloud iam service-accounts keys create") from None
