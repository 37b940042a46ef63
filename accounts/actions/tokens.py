"""Issuing and revoking the keys of programs (接口密钥)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import ApiToken, User
from audit import log
from common.crypto import digest

# How exactly the last use is kept: finer would cost a write for every request.
LAST_USE_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class IssuedToken:
    """A token and its key, which is told once and kept nowhere."""

    token: ApiToken
    key: str


@transaction.atomic
def issue_token(*, name: str, kind: str, user: User | None, scopes: list[str], by: User, at: datetime) -> IssuedToken:
    key = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name, kind=kind, user=user, scopes=sorted(scopes), key_digest=digest("api-token", key),
        created_at=at, created_by=by,
    )  # fmt: skip
    facts = {"name": name, "kind": str(kind), "user": user.username if user else "", "scopes": token.scopes}
    log.record("发放接口密钥", by=by, at=at, target=token, after=facts)
    return IssuedToken(token, key)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> None:
    """From now on the key opens nothing. Revoked twice, it was revoked the first time."""
    if ApiToken.objects.filter(pk=token.pk, is_active=True).update(is_active=False, revoked_at=at):
        log.record("停用接口密钥", by=by, at=at, target=token)


def token_of(key: str, *, at: datetime) -> ApiToken | None:
    """The token in use with this key, whose person may still sign in; remembers that it was used."""
    tokens = ApiToken.objects.select_related("user__unit", "user__group")
    token = tokens.filter(Q(user=None) | Q(user__is_active=True), key_digest=digest("api-token", key), is_active=True)
    found = token.first()
    if found and (found.last_used_at is None or at - found.last_used_at > LAST_USE_WITHIN):
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return found
