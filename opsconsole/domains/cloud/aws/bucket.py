"""Buckets (S3): who can read them, whether they are encrypted and versioned, how large they are."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.cloud import Reading
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.series import Listed, Things, Wanted
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, Part, parted
from opsconsole.spec import Probe

_DENIED = ("AccessDenied", "AllAccessDisabled", "NoSuchBucket", "MethodNotAllowed")
"""What one bucket may say that hides no other: it is not known then."""

_WORLD = ("http://acs.amazonaws.com/groups/global/AllUsers",
          "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")  # fmt: skip

LIST = CloudCall(
    "s3",
    "list_buckets",
    results="Buckets[].{id: Name, created: CreationDate}",
    regional=False,
)


def _each(operation: str, results: str, *none: str) -> CloudCall:
    return CloudCall(
        "s3",
        operation,
        {"Bucket": "*.id"},
        results,
        regional=False,
        of=LIST,
        absent=(*none, *_DENIED),
    )


CALLS = (
    LIST,
    _each("get_public_access_block", "PublicAccessBlockConfiguration.{acls: IgnorePublicAcls,"
          " policy: RestrictPublicBuckets}", "NoSuchPublicAccessBlockConfiguration"),
    _each("get_bucket_policy_status", "PolicyStatus.{public: IsPublic}", "NoSuchBucketPolicy"),
    _each("get_bucket_acl", "Grants[].{to: Grantee.URI, may: Permission}",
          "AccessControlListNotSupported"),
    _each("get_bucket_encryption", "ServerSideEncryptionConfiguration.Rules[]."
          "ApplyServerSideEncryptionByDefault.{by: SSEAlgorithm}",
          "ServerSideEncryptionConfigurationNotFoundError"),
    _each("get_bucket_versioning", "{is: Status, mfa: MFADelete}"),
    series.asked(
        Listed("s3", "list_buckets", "Buckets[]", "Name", {"BucketRegion": "@region"}),
        "AWS/S3",
        {"BucketName": "*.id", "StorageType": "StandardStorage"},
        (Wanted("size", "BucketSizeBytes", "Average"),),
        period=86_400,
        seconds=3 * 86_400,
        keep=series.HOURS_6,
    ),
)  # fmt: skip


class _Bucket(msgspec.Struct):
    id: Any = None
    created: Any = None


class _Said(msgspec.Struct):
    of: _Bucket
    items: list[Any]
    absent: str = ""

    @property
    def known(self) -> bool:
        """Whether the bucket told."""
        return self.absent not in _DENIED


class Buckets(NamedTuple):
    """All buckets of an account."""

    at: float
    found: list[_Bucket]
    said: tuple[Mapping[str, _Said], ...]
    """Block, policy, grants, encryption, versions: by name."""
    sizes: Things


def _by_name(answer: Reading) -> Mapping[str, _Said]:
    return {str(one.of.id): one for _, one in answer.found(_Said)}


def read(payload: bytes) -> Buckets:
    """All buckets."""
    listed, *rest = parted(payload, len(CALLS))
    sizes: Part = rest.pop()
    answer = cloud.reading(listed.body)
    return Buckets(
        answer.at,
        [one for _, one in answer.found(_Bucket)],
        tuple(_by_name(cloud.reading(one.body)) for one in rest),
        series.things(sizes),
    )


def _first(said: _Said | None) -> Mapping[str, Any]:
    return value.mapping(said.items[0] if said and said.items else None)


def _exposure(block: _Said | None, policy: _Said | None, grants: _Said | None) -> str:
    """`public`, `private`, or `unknown` where what would tell is not told."""
    if not (block and policy and grants and block.known and policy.known and grants.known):
        return "unknown"
    held = _first(block)
    opened = _first(policy).get("public") is True and held.get("policy") is not True
    given = any(value.mapping(one).get("to") in _WORLD for one in grants.items)
    return "public" if opened or (given and held.get("acls") is not True) else "private"


def _kept(said: _Said | None, key: str, none: str) -> Clean:
    if said is None or not said.known:
        return Clean("unknown")
    return value.text(_first(said).get(key), 40) or Clean(none)


def rows(now: Buckets, _before: Buckets | None) -> list[Row]:
    """One row per bucket."""
    sizes = {id_: (region, mine) for (region, id_), mine in now.sizes.items()}
    found: list[Row] = []
    for one in now.found:
        name = str(one.id)
        block, policy, grants, encryption, versions = (each.get(name) for each in now.said)
        region, mine = sizes.get(name, ("", series.NONE))
        found.append(
            (
                value.text(one.id, 64),
                Clean(_exposure(block, policy, grants)),
                _kept(encryption, "by", "none"),
                clean(_kept(versions, "is", "never").lower()),
                series.newest(mine, "size"),
                series.moment(mine, "size"),
                value.moment(one.created),
                clean(region, 40),
            )
        )
    return found


BUCKET = Probe(
    "aws.bucket",
    "Buckets",
    "bucket",
    (
        Column("bucket", "NAME", Quantity.TEXT, "s3:ListAllMyBuckets Name"),
        Column("exposure", "REACHED", Quantity.STATE,
               "s3:GetBucketPublicAccessBlock, GetBucketPolicyStatus, GetBucketAcl"),
        Column("encryption", "ENCRYPTION", Quantity.TEXT, "s3:GetEncryptionConfiguration"),
        Column("versions", "VERSIONS", Quantity.STATE, "s3:GetBucketVersioning Status"),
        Column("size_bytes", "SIZE", Quantity.BYTES,
               "cloudwatch:GetMetricData AWS/S3 BucketSizeBytes: in standard storage",
               history=True),
        Column("at", "SIZE OF", Quantity.TIME, "cloudwatch:GetMetricData: told once a day"),
        Column("created", "CREATED", Quantity.TIME, "s3:ListAllMyBuckets CreationDate"),
        Column("region", "REGION", Quantity.TEXT, "the region whose CloudWatch counts it"),
    ),
    ("bucket",),
    read,
    rows,
)  # fmt: skip
