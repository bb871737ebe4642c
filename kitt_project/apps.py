from django.contrib.admin.apps import AdminConfig


class KittAdminConfig(AdminConfig):
    """Django's admin, on a site of ours."""

    default_site = "realtime.admin_site.KittAdminSite"
