const main = document.getElementById("swagger");
window.SwaggerUIBundle({ domNode: main, url: main.dataset.url, deepLinking: true });
