"""What is done to announcements; the other nouns have modules of their own: `initiative`, `quiz`, `slogans`."""

from publicity.actions.announcements import Draft, StaleAnnouncement, publish, rewrite, withdraw, write

__all__ = ["Draft", "StaleAnnouncement", "publish", "rewrite", "withdraw", "write"]
