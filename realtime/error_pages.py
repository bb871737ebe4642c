"""Django's error pages, for developers, without what would let somebody else in.

With DEBUG on, Django shows settings by name and hides by name: the password inside of REDIS_URL, a token in a Referer
and a password that was posted are shown. A development server is seen by others, and its pages are sent to others.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from realtime.logs import without_tokens

URL_PASSWORD = re.compile(r"(?P<user>://[^\s/@:]*:)[^\s/@]+(?=@)")


class CarefulFilter(SafeExceptionReporterFilter):
    def is_active(self, request: HttpRequest | None) -> bool:
        """With DEBUG on as well, for what Django's own code has marked as sensitive."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        fields = dict(super().get_post_parameters(request).items())
        return {name: self.cleanse_setting(name, value) for name, value in fields.items()}


class CarefulReporter(ExceptionReporter):
    def get_traceback_html(self) -> SafeString:
        return without_secrets(super().get_traceback_html())

    def get_traceback_text(self) -> SafeString:
        return without_secrets(super().get_traceback_text())


def without_secrets(page: SafeString) -> SafeString:
    """What is put in needs no escaping."""
    return SafeString(URL_PASSWORD.sub(lambda found: found["user"] + "***", without_tokens(page)))
