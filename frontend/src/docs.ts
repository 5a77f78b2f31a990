/** The page of the REST API, /api/docs: everything on it comes from this server. */
import "swagger-ui-dist/swagger-ui.css";
import SwaggerUIBundle from "swagger-ui-dist/swagger-ui-es-bundle.js";

const UNSAFE = ["POST", "PUT", "PATCH", "DELETE"];

const me = await fetch("/api/v1/me");
const csrfToken: string | null = me.ok ? (await me.json()).csrf_token : null;

SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // "Try it out" then works with the browser's own sign-in.
  requestInterceptor: (request) => {
    if (csrfToken !== null && UNSAFE.includes(request.method ?? "")) request.headers["X-CSRF-Token"] = csrfToken;
    return request;
  },
});
