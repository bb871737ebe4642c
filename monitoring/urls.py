from django.urls import include, path

from monitoring import pages, views
from monitoring.contract import views as contract

urlpatterns = [
    path("", views.RootView.as_view(), name="root"),
    path("favicon.ico", pages.IconView.as_view(), name="icon"),
    path("live/", pages.LivePageView.as_view(), name="live"),
    path("health", views.HealthView.as_view(), name="health"),
    path("health/live", views.LiveView.as_view(), name="health-live"),
    path("health/ready", views.ReadyView.as_view(), name="health-ready"),
    path("stats", views.StatsView.as_view(), name="stats"),
    path("metrics", views.MetricsView.as_view(), name="metrics"),
    path("openapi.json", contract.OpenApiView.as_view(), name="openapi"),
    path("docs/", contract.RestView.as_view(), name="rest"),
    path("asyncapi.json", contract.AsyncApiView.as_view(), name="asyncapi"),
    path("docs/ws/", contract.SocketsView.as_view(), name="sockets"),
    path("ops/", include("monitoring.ops.urls")),
    path("api/", include("monitoring.api.urls")),
]
