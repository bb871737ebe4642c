"""Streams and stored messages, to look at. The table of messages may be large, so nothing here counts it in full."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from realtime.admin.read_only import ReadOnlyAdmin
from realtime.log import read
from realtime.models import Message, Stream
from realtime.protocol.endpoints import ENDPOINTS

MOST_COUNTED = 10_000


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Pages as far as MOST_COUNTED rows; what is further down is found with the filters and the search."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class ChoiceFilter(admin.SimpleListFilter):
    """Choices from a table of the code; Django's own filter would look for them in every row."""

    choices_of: tuple[str, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(name, name) for name in self.choices_of]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class EndpointFilter(ChoiceFilter):
    title = "endpoint"
    parameter_name = "stream"
    choices_of = tuple(ENDPOINTS)


class TypeFilter(ChoiceFilter):
    title = "type"
    parameter_name = "type"
    choices_of = tuple(name for endpoint in ENDPOINTS.values() for name in endpoint.stored_types)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("offset", "endpoint", "type", "sender", "message_id", "correlation_id", "stored_at")
    list_filter = (EndpointFilter, TypeFilter)
    # Whole values: a part of one would be looked for in every row.
    search_fields = ("sender__exact", "correlation_id__exact", "message_id__exact")
    search_help_text = "A whole sender, correlation_id or id."
    ordering = ("-pk",)
    sortable_by = ()
    paginator = ShortPaginator
    show_full_result_count = False
    fields = ("endpoint", "offset", "type", "sender", "message_id", "correlation_id", "sent_at", "stored_at", "frame")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        # A page of packing results would be a hundred megabytes.
        return super().get_queryset(request).defer("envelope")

    @admin.display
    def endpoint(self, message: Message) -> str:
        return str(message.stream_id)

    @admin.display(description="envelope")
    def frame(self, message: Message) -> str:
        try:
            return msgspec.json.format(message.envelope, indent=2)
        except RecursionError:
            return message.envelope


@admin.register(Stream)
class StreamAdmin(ReadOnlyAdmin):
    list_display = ("endpoint", "head", "oldest", "epoch")

    @admin.display(description="oldest message")
    def oldest(self, stream: Stream) -> int | None:
        return read.oldest(stream.endpoint)
