"""Submissions that name themselves: repeated they change nothing, with other content they are refused."""

import json
from hashlib import sha256
from typing import Any

from common.errors import DomainError


class KeyReused(DomainError):
    code = "idempotency_key_reused"


def fingerprint(**content: Any) -> str:
    """64 hex digits that stand for the content of a submission."""
    return sha256(json.dumps(content, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def ensure_same(stored: str, sent: str) -> None:
    if stored != sent:
        raise KeyReused("这个编号已经用在另一条记录上了。请刷新这一页，再提交一次。")
