"""The ways out of the portal: what each sends, and what its answers mean."""

import hashlib
import http.client
import json
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from common.masking import masked
from notifications import safe_http
from notifications.models import Channel
from notifications.safe_http import Answer, Forbidden

SIGNATURE = "【漠河创城】"


class Unreachable(Exception):
    """Nobody answered, or said to come again: worth another try."""


class Refused(Exception):
    """The answer was no. Its words are shown to the administrator."""


@dataclass(frozen=True)
class Message:
    """`address` is where this channel reaches the person; `key` tells the receiver whether it has it already."""

    key: str
    recipient_id: int | None
    address: str
    kind: str
    title: str
    body: str
    url: str
    at: datetime

    @property
    def link(self) -> str:
        """The whole address of what it tells of; empty where the portal does not know its own."""
        return f"{settings.SITE_URL}{self.url}" if settings.SITE_URL else ""

    @property
    def text(self) -> str:
        return "\n".join(part for part in (f"{SIGNATURE}{self.title}", self.body, self.link) if part)


def offered() -> list[Channel]:
    """The channels a person can choose on this portal."""
    offers = {
        Channel.EMAIL: bool(settings.EMAIL_HOST),
        Channel.SMS: bool(settings.SMS_GATEWAY_URL),
        Channel.ROBOT: settings.NOTICE_ROBOTS,
    }
    return [channel for channel, is_offered in offers.items() if is_offered]


def sinks() -> list[Channel]:
    """The channels that everybody's notices go to, for checks from outside."""
    return {"file": [Channel.FILE], "http": [Channel.HTTP]}.get(settings.NOTICE_BACKEND, [])


def send(channel: Channel, message: Message) -> None:
    """Raises Unreachable or Refused; whatever else it raises is a fault of the message or of ours."""
    try:
        _SENDERS[channel](message)
    except Forbidden as error:
        raise Refused(str(error)) from error
    except smtplib.SMTPResponseException as error:
        permanent = error.smtp_code >= 500
        raise (Refused if permanent else Unreachable)(f"邮件服务器回答 {error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise Refused("邮件服务器不接收这个地址") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"连不上（{type(error).__name__}）") from error


def endpoint(channel: Channel, address: str) -> str:
    """What fails together: a robot's host by itself, every other channel as a whole."""
    return f"{channel}:{urlsplit(address).hostname}" if channel == Channel.ROBOT else str(channel)


def _to_file(message: Message) -> None:
    line = _told(message) | {"at": message.at.isoformat()}
    with settings.NOTICE_FILE.open("a", encoding="utf-8") as sink:
        sink.write(json.dumps(line, ensure_ascii=False) + "\n")


def _to_http(message: Message) -> None:
    headers = {"Idempotency-Key": message.key}
    _expect_2xx(safe_http.post(settings.NOTICE_HTTP_URL, _told(message), headers=headers, private_ok=True))


def _told(message: Message) -> dict[str, object]:
    # Of a resident's phone only what tells one message from another: a sink is no place for numbers.
    to = message.recipient_id if message.recipient_id is not None else masked(message.address)
    return {"key": message.key, "to": to, "kind": message.kind, "title": message.title}


def _to_email(message: Message) -> None:
    # Mail programs take a second one with the same id for the first.
    identity = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    EmailMessage(
        subject=f"{SIGNATURE}{message.title}",
        body="\n".join(part for part in (message.body or message.title, message.link) if part),
        to=[message.address],
        headers={"Message-ID": f"<{identity}@{host}>"},
    ).send()


def _to_sms(message: Message) -> None:
    """The gateway gets {key, phone, text}; an adapter to the operator's own interface stands there."""
    payload = {"key": message.key, "phone": message.address, "text": f"{SIGNATURE}{message.title}"}
    headers = {"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}", "Idempotency-Key": message.key}
    _expect_2xx(safe_http.post(settings.SMS_GATEWAY_URL, payload, headers=headers, private_ok=True))


def _to_robot(message: Message) -> None:
    """WeCom's and DingTalk's group robots take the same; any other address gets both forms in one object."""
    payload = {
        "msgtype": "text",
        "text": {"content": message.text},
        "key": message.key,
        "title": message.title,
        "url": message.link,
    }
    answer = safe_http.post(
        message.address,
        payload,
        headers={"Idempotency-Key": message.key},
        private_ok=settings.ALLOW_PRIVATE_WEBHOOKS,
    )
    _expect_2xx(answer)
    if code := answer.json().get("errcode"):
        raise Refused(f"机器人回答错误 {code}")


def _expect_2xx(answer: Answer) -> None:
    if 200 <= answer.status < 300:
        return
    if answer.status >= 500 or answer.status in {408, 425, 429}:
        raise Unreachable(f"对方回答 {answer.status}")
    raise Refused(f"对方回答 {answer.status}")


_SENDERS: dict[Channel, Callable[[Message], None]] = {
    Channel.FILE: _to_file,
    Channel.HTTP: _to_http,
    Channel.EMAIL: _to_email,
    Channel.SMS: _to_sms,
    Channel.ROBOT: _to_robot,
}
