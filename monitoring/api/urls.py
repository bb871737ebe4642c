from django.urls import path, re_path

from monitoring.api import views

urlpatterns = [
    path("messages", views.MessagesView.as_view(), name="messages"),
    path("messages/<str:endpoint>/<int:offset>", views.MessageView.as_view(), name="message"),
    re_path("", views.unknown),
]
