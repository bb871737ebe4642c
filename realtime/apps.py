from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import pre_migrate

from realtime.auth.checks import check_deployment, check_door
from realtime.checks import check_settings_together, check_surroundings
from realtime.migrating import be_patient


class RealtimeConfig(AppConfig):
    name = "realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(be_patient)
        register(check_settings_together)
        register(check_door)
        register(check_surroundings, deploy=True)
        register(check_deployment, Tags.security, deploy=True)
