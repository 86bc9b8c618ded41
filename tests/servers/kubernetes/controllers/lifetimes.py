"""What ends with its owner or its namespace."""

from tests.servers.kubernetes.controllers.common import Hands
from tests.servers.kubernetes.deleting import FOREGROUND
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.store import Entry


class Lifetimes(Hands):
    """The garbage collector, and the controller of namespaces."""

    def orphaned(self, uid: str) -> None:
        """An owner has gone: what nobody else owns goes, too."""
        for entry in self.store.dependents(uid):
            owners: list[Json] = entry.obj["metadata"].get("ownerReferences") or []
            if not any(self._lives(each, entry) for each in owners if each["uid"] != uid):
                self.drop(entry.kind.qualified, entry.obj)

    def _lives(self, owner: Json, entry: Entry) -> bool:
        kind = self.kind(owner["kind"])
        space = entry.place[0] if kind.namespaced else ""
        found = self.store.entry(kind, (space, owner["name"]))
        return found is not None and found.uid == owner["uid"]

    def foreground(self, entry: Entry) -> None:
        """Delete its dependents, and itself when they are gone."""
        obj = entry.obj
        finalizers: list[str] = obj["metadata"].get("finalizers") or []
        if FOREGROUND not in finalizers or "deletionTimestamp" not in obj["metadata"]:
            return
        dependents = self.store.dependents(entry.uid)
        if not dependents:
            obj["metadata"]["finalizers"] = [each for each in finalizers if each != FOREGROUND]
            last = self.store.put(entry.kind, obj)
            if not obj["metadata"]["finalizers"]:
                self.store.remove(last)
        for each in dependents:
            if "deletionTimestamp" not in each.obj["metadata"]:
                self.drop(each.kind.qualified, each.obj)

    def space(self, found: Json) -> None:
        """Empty a namespace that is being deleted, then let it go."""
        if "deletionTimestamp" not in found["metadata"]:
            return
        name = found["metadata"]["name"]
        for kind in self.store.kinds.all():
            if kind.namespaced:
                for entry in self.store.entries(kind, name):
                    self.drop(kind.qualified, entry.obj, 0)
        mine = self.store.entry(self.kind("namespaces"), ("", name))
        if mine is not None:
            self.store.remove(mine)
