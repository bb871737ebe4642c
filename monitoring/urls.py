from django.urls import include, path

from monitoring import views

urlpatterns = [
    path("", views.RootView.as_view(), name="root"),
    path("health", views.HealthView.as_view(), name="health"),
    path("health/live", views.LiveView.as_view(), name="health-live"),
    path("health/ready", views.ReadyView.as_view(), name="health-ready"),
    path("stats", views.StatsView.as_view(), name="stats"),
    path("api/", include("monitoring.api.urls")),
]
