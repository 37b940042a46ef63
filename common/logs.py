import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from common.masking import hide_phones

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Put the id of the request being served on every line, so that one story can be read out of many."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for LOG_FORMAT=json. Mobile numbers are taken out of the words."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": hide_phones(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = hide_phones(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
