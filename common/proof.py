"""Proof of work (ALTCHA, version 2 of its challenge): a browser shows that it took some trouble over one thing.

No third party and no cookie: the server signs a small riddle for one subject, the browser's own cryptography solves it
in the background, and only the server that signed it takes the answer. How a riddle looks, both packages must agree
on: python `altcha` 2 and npm `altcha` 3 do.
"""

import secrets
from datetime import datetime
from enum import Enum
from typing import Any

import altcha

from common.crypto import digest

ALGORITHM = "PBKDF2/SHA-256"
# One try takes a computer 2 ms and an old phone some 30; the answer lies between so many tries, so that nobody has
# bad luck: two seconds at most, while the person is still typing.
COST = 5000
LEAST_TRIES, MOST_TRIES = 20, 60
LONGEST_ANSWER = 4000


class Proof(Enum):
    GOOD = "good"
    MISSING = "missing"
    BAD = "bad"


def challenge(subject: str, *, until: datetime) -> dict[str, Any]:
    """A riddle whose answer holds for `subject` only, until then; plain JSON for the browser."""
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=LEAST_TRIES + secrets.randbelow(MOST_TRIES - LEAST_TRIES),
        expires_at=until,
        data={"for": _sealed(subject)},
        hmac_secret=digest("proof", "challenge"),
        hmac_key_secret=digest("proof", "answer"),
    )
    return made.to_dict()


def check(answer: str, subject: str) -> Proof:
    """Whether `answer` (base64 of riddle and solution) is one to a riddle of ours for this subject."""
    if not answer:
        return Proof.MISSING
    if len(answer) > LONGEST_ANSWER:
        return Proof.BAD
    secret, key_secret = digest("proof", "challenge"), digest("proof", "answer")
    if not altcha.verify_solution(answer, secret, hmac_key_secret=key_secret).verified:
        return Proof.BAD
    solved = altcha.Payload.from_base64(answer).challenge.parameters
    return Proof.GOOD if solved.data == {"for": _sealed(subject)} else Proof.BAD


def _sealed(subject: str) -> str:
    return digest("proof-subject", subject)[:32]
