"""Who asks, and what they may: tokens, client certificates and rules."""

from dataclasses import dataclass, field

from tests.servers.kubernetes.refusal import Json, Refusal, details, inside, listed
from tests.servers.kubernetes.store import now

ALL: tuple[Json, ...] = (
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
)
READ: tuple[Json, ...] = (
    {"verbs": ["get", "list", "watch"], "apiGroups": ["*"], "resources": ["*"]},
)
ADMIN = "admin-token"
VIEWER = "viewer-token"


@dataclass(slots=True)
class User:
    """One that has signed in; a rule may be bound to `namespaces`, else it holds everywhere."""

    name: str
    groups: tuple[str, ...] = ()
    rules: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone wants to do."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""


@dataclass(slots=True)
class Access:
    """All who may sign in."""

    tokens: dict[str, User] = field(
        default_factory=lambda: {
            ADMIN: User("admin", ("system:masters", "system:authenticated"), ALL),
            VIEWER: User("viewer", ("system:authenticated",), READ),
        }
    )
    certificates: dict[str, User] = field(
        default_factory=lambda: {"admin": User("admin", ("system:masters",), ALL)}
    )
    """Users by the common name of their certificate."""
    expired: dict[str, int] = field(default_factory=dict[str, int])
    """How many more requests a token is good for."""

    def user(self, authorization: str, common_name: str) -> User:
        """Who it is; 401 if nobody."""
        token = authorization.removeprefix("Bearer ")
        if token != authorization and token in self.tokens:
            left = self.expired.get(token)
            if left is None or left > 0:
                self.expired |= {} if left is None else {token: left - 1}
                return self.tokens[token]
        elif not authorization and common_name in self.certificates:
            return self.certificates[common_name]
        raise Refusal(401, "Unauthorized", "Unauthorized")


def _any(wanted: str, told: list[str] | None) -> bool:
    return "*" in (told or ()) or wanted in (told or ())


def _allows(rule: Json, wish: Wish) -> bool:
    if not _any(wish.verb, rule.get("verbs")):
        return False
    if wish.path:
        return any(
            each == wish.path or (each.endswith("*") and wish.path.startswith(each[:-1]))
            for each in listed(rule, "nonResourceURLs")
        )
    resource = f"{wish.resource}/{wish.subresource}" if wish.subresource else wish.resource
    return (
        _any(wish.group, rule.get("apiGroups", [""]))
        and _any(resource, rule.get("resources"))
        and (not rule.get("resourceNames") or wish.name in rule["resourceNames"])
        and (not rule.get("namespaces") or wish.namespace in rule["namespaces"])
    )


DISCOVERY = ("/api", "/apis", "/version", "/readyz", "/livez", "/healthz", "/openapi")


def allowed(user: User, wish: Wish) -> bool:
    """Whether any of the user's rules allows it; discovery is everybody's."""
    if wish.path and wish.verb == "get" and wish.path.startswith(DISCOVERY):
        return True
    return any(_allows(rule, wish) for rule in user.rules)


def check(user: User, wish: Wish) -> None:
    """403 in the words of the real server."""
    if allowed(user, wish):
        return
    if wish.path:
        message = f'forbidden: User "{user.name}" cannot {wish.verb} path "{wish.path}"'
        raise Refusal(403, "Forbidden", message, {})
    resource = f"{wish.resource}/{wish.subresource}" if wish.subresource else wish.resource
    qualified = f"{wish.resource}.{wish.group}" if wish.group else wish.resource
    named = f' "{wish.name}"' if wish.name else ""
    where = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    message = (
        f'{qualified}{named} is forbidden: User "{user.name}" cannot {wish.verb} resource '
        f'"{resource}" in API group "{wish.group}" {where}'
    )
    raise Refusal(403, "Forbidden", message, details(wish.resource, wish.name, wish.group))


def _manager() -> Json:
    return {"manager": "client", "operation": "Update", "apiVersion": "authorization.k8s.io/v1",
            "time": now(), "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {"f:resourceAttributes": {}}}}  # fmt: skip


def review(user: User, spec: Json) -> Json:
    """The answer to a SelfSubjectAccessReview."""
    if "nonResourceAttributes" in spec:
        told = spec["nonResourceAttributes"]
        wish = Wish(told.get("verb", ""), path=told.get("path", ""))
    else:
        told = inside(spec, "resourceAttributes")
        keys = ("verb", "group", "resource", "subresource", "namespace", "name")
        wish = Wish(*(told.get(key, "") for key in keys))
    return {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {"managedFields": [_manager()]},
        "spec": spec,
        "status": {"allowed": allowed(user, wish)},
    }


def rules(user: User, spec: Json) -> Json:
    """The answer to a SelfSubjectRulesReview."""
    space = spec.get("namespace", "")
    mine = [rule for rule in user.rules if space in rule.get("namespaces", [space])]
    keys = ("verbs", "apiGroups", "resources", "resourceNames")
    return {
        "kind": "SelfSubjectRulesReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {},
        "spec": {},
        "status": {
            "resourceRules": [
                {key: rule[key] for key in keys if key in rule} for rule in mine
                if "resources" in rule
            ],
            "nonResourceRules": [
                {key: rule[key] for key in ("verbs", "nonResourceURLs")} for rule in mine
                if "nonResourceURLs" in rule
            ],
            "incomplete": False,
        },
    }  # fmt: skip
