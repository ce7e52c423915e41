/** What every answer says: nobody may frame it, guess its type, learn its address from it, keep it, or read it from another site. */
const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
} as const;

const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of the page: its own files and its own server, nothing inline, nothing from elsewhere. */
export const pageHeaders = {
  ...always,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `${nothing}; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'`,
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** Of data. Should a browser be made to show it as a document after all, that may do nothing. */
export const dataHeaders = { ...always, "content-security-policy": `${nothing}; sandbox` } as const;

export const jsonHeaders = { ...dataHeaders, "content-type": "application/json; charset=utf-8" } as const;

/** What a step wrote may be anything, so it is shown as text and nothing else. */
export const textHeaders = { ...dataHeaders, "content-type": "text/plain; charset=utf-8" } as const;

export const eventStreamType = "text/event-stream";
export const streamHeaders = { ...dataHeaders, "content-type": `${eventStreamType}; charset=utf-8` } as const;
