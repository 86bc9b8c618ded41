"""Jobs and CronJobs. No clock runs a CronJob: a test says when its time has come."""

import copy
import time

from tests.servers.kubernetes.budgets import ready
from tests.servers.kubernetes.controllers.common import Hands, is_active
from tests.servers.kubernetes.refusal import Json, inside, listed
from tests.servers.kubernetes.store import now


class Jobs(Hands):
    """The controller of both."""

    def step(self, found: Json) -> None:
        spec, meta = found["spec"], found["metadata"]
        before: Json = inside(found, "status")
        over = {each["type"] for each in listed(before, "conditions") if each["status"] == "True"}
        if "deletionTimestamp" in meta or over & {"Complete", "Failed"}:
            return
        pods = self.owned(found, "pods")
        active = [pod for pod in pods if is_active(pod)]
        done = sum(pod["status"].get("phase") == "Succeeded" for pod in pods)
        failed = sum(pod["status"].get("phase") == "Failed" for pod in pods)
        if spec.get("suspend"):
            for pod in active:
                self.drop("pods", pod)
            self._report(found, [], done, failed, "Suspended")
            return
        end = self._end(spec, done, failed)
        if not end:
            left = spec.get("completions", 1) - done
            more = min(spec["parallelism"], left) - len(active)
            active += [self.pod(found, spec["template"]) for _ in range(more)]
        self._report(found, active, done, failed, end)

    def _end(self, spec: Json, done: int, failed: int) -> str:
        if done >= spec.get("completions", 1):
            return "Complete"
        return "Failed" if failed > spec.get("backoffLimit", 6) else ""

    def _report(self, found: Json, active: list[Json], done: int, failed: int, end: str) -> None:
        before: Json = inside(found, "status")
        status: Json = {}
        if end != "Suspended":
            status["startTime"] = before.get("startTime") or now()
        counts = {"active": len(active), "succeeded": done, "failed": failed}
        status |= {key: value for key, value in counts.items() if value}
        status |= {"ready": sum(map(ready, active)), "terminating": 0,
                   "uncountedTerminatedPods": {}}  # fmt: skip
        if end:
            words = {
                "Complete": ("CompletionsReached", "Reached expected number of succeeded pods"),
                "Failed": ("BackoffLimitExceeded", "Job has reached the specified backoff limit"),
                "Suspended": ("JobSuspended", "Job suspended"),
            }
            known: list[Json] = before.get("conditions") or []
            same = [each for each in known if each["type"] == end and each["status"] == "True"]
            reason, text = words[end]
            at = now()
            status["conditions"] = same or [
                {"type": end, "status": "True", "lastProbeTime": at, "lastTransitionTime": at,
                 "reason": reason, "message": text}
            ]  # fmt: skip
        if end == "Complete":
            status["completionTime"] = now()
        self.status("jobs", found, status)

    def schedule(self, cron: Json) -> str:
        """Make the job that is due; its name."""
        template: Json = copy.deepcopy(cron["spec"]["jobTemplate"])
        at = now()
        name = f"{cron['metadata']['name']}-{int(time.time() * 1000)}"
        meta: Json = {**inside(template, "metadata"), "name": name}
        notes = {"batch.kubernetes.io/cronjob-scheduled-timestamp": at}
        meta["annotations"] = {**inside(meta, "annotations"), **notes}
        self.make("jobs", cron, {"metadata": meta, "spec": template["spec"]})
        status = {**inside(cron, "status"), "lastScheduleTime": at}
        self.status("cronjobs", cron, status)
        return name

    def step_cron(self, cron: Json) -> None:
        """Note which jobs run, and when one last succeeded."""
        jobs = self.owned(cron, "jobs")
        running = [each for each in jobs if inside(each, "status").get("active")]
        keys = ("name", "namespace", "uid", "resourceVersion")
        status: Json = {**inside(cron, "status")}
        status.pop("active", None)
        if running:
            status["active"] = [
                {"kind": "Job", "apiVersion": "batch/v1",
                 **{key: each["metadata"][key] for key in keys}} for each in running
            ]  # fmt: skip
        done = [inside(each, "status").get("completionTime") for each in jobs]
        if any(done):
            status["lastSuccessfulTime"] = max(each for each in done if each)
        self.status("cronjobs", cron, status)
