/** Starts the API reference. A file of its own, because the page allows no inline script. */
const csrf = document.querySelector('meta[name="csrf-token"]')?.content;

window.SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  validatorUrl: null,
  requestInterceptor(request) {
    if (csrf) request.headers['x-csrf-token'] = csrf;
    return request;
  },
});
