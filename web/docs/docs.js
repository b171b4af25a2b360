// Starts the viewer on this server's own document. Requests go to the same origin with the console's session cookie.
window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tryItOutEnabled: false,
  validatorUrl: null,
  // Tokens typed into the page must not outlive it.
  persistAuthorization: false,
});
