"""The errors that dechaff raises on purpose: each says what, where and what to do."""

from __future__ import annotations


class DechaffError(Exception):
    """Base of all errors that a caller may want to catch."""


class RuleTableError(DechaffError):
    """A rule table is wrong; the message names the file, the rule and the key."""


class UnknownRuleError(DechaffError):
    """A selection names no rule, prefix or stage that exists."""


class ProfileError(DechaffError):
    """A site profile is wrong; the message names the file, the line and the key."""


class ModelError(DechaffError):
    """The weights of the line model are damaged, or belong to another version."""


class NotTextError(DechaffError):
    """The bytes are not text: a picture, an archive, a program."""


class UnknownEncodingError(DechaffError):
    """There is no encoding by the name that was given."""


class RestoreError(DechaffError):
    """A clean copy and its record do not belong together."""


class LanguageError(DechaffError):
    """A language was named that no table has."""
