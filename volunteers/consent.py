"""What a volunteer agrees to. The version they read is kept with them; change it whenever the words change."""

from django.conf import settings

CONSENT_VERSION = "2026-11"
YOUNGEST = 14
CONSENT = (
    "我自愿登记为志愿者，已满 14 周岁；未满 18 周岁的，监护人知道并同意。",
    "登记只收姓名、手机号、出生年份和自愿填写的特长，用来组织活动、记录和证明服务时长。不收身份证号。",
    "姓名和服务时长只给我参加的队伍和活动的组织者、创城办看；手机号加密保存，平时打码。没有我的同意，不公开姓名。",
    "我可以随时查看、更正、导出、注销。注销后姓名、手机号等全部删除，时长只作为数字留在合计里。",
)


def whom_to_ask() -> str:
    """Where somebody turns who cannot register here."""
    hotline = settings.FOOTER["hotline"]
    return f"{settings.FOOTER['organizer']}（电话 {hotline}）" if hotline else settings.FOOTER["organizer"]
