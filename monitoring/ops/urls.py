from django.urls import path

from monitoring.ops import views

urlpatterns = [
    path("", views.ops_page, name="ops"),
    path("data.json", views.FiguresView.as_view(), name="ops-data"),
]
