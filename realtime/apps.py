from django.apps import AppConfig
from django.core.checks import register

from realtime.checks import check_settings_together


class RealtimeConfig(AppConfig):
    name = "realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(check_settings_together)
