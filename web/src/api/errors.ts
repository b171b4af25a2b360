/** One rejected field of a request, as the server names it. */
export interface FieldError {
  /** Dotted path inside the body, such as `custom_field_values.url`; empty when the whole body was refused. */
  field: string;
  message: string;
}

/** Any failed call: an answer that is not 2xx, or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** HTTP status, or 0 when the server could not be reached. */
    readonly status: number,
    /** Id under which the server's log has this request. */
    readonly requestId: string | null = null,
    readonly fields: FieldError[] = [],
    /** Tasks that have to be done first; only set on refused moves. */
    readonly blockedByTaskIds: string[] = [],
    /** Seconds to wait before another try, when the server said so. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }

  /** The message for one field of a form, when the server refused that field. */
  field(name: string): string | undefined {
    return this.fields.find((entry) => entry.field === name)?.message;
  }
}

const FALLBACK: Record<number, string> = {
  0: "The server cannot be reached. Check your connection, then try again.",
  401: "You are not signed in.",
  403: "You do not have the right to do this.",
  404: "This does not exist, or you may not see it.",
  409: "This conflicts with the present state.",
  410: "This is switched off.",
  413: "This is too large.",
  422: "The server refused the values.",
  429: "Too many requests. Wait a moment, then try again.",
  500: "The server failed. Try again; if it stays so, give the request id below to whoever runs the server.",
  502: "A service behind the server did not answer.",
  503: "The server is starting or stopping. Try again in a moment.",
};

// The bare names of statuses tell people nothing; a sentence of ours does.
const REASON_PHRASES = new Set([
  "Unauthorized",
  "Forbidden",
  "Not Found",
  "Conflict",
  "Unprocessable Entity",
  "Internal Server Error",
]);

interface ValidationItem {
  loc?: unknown[];
  msg?: unknown;
}

/** Reads the error envelope `{detail, request_id}`; `detail` is a text, a list of field errors, or an object. */
export function toApiError(status: number, body: unknown, headers: Headers): ApiError {
  const envelope = isRecord(body) ? body : {};
  const requestId = text(envelope.request_id) ?? headers.get("x-request-id");
  const retryAfter = Number.parseInt(headers.get("retry-after") ?? "", 10);
  const detail = envelope.detail;
  let message: string | undefined;
  let fields: FieldError[] = [];
  let blockedBy: string[] = [];

  if (typeof detail === "string") {
    message = REASON_PHRASES.has(detail) ? undefined : detail;
  } else if (Array.isArray(detail)) {
    fields = detail.filter(isRecord).map((item) => toFieldError(item as ValidationItem));
    message = fields.map((entry) => (entry.field ? `${entry.field}: ${entry.message}` : entry.message)).join("; ");
  } else if (isRecord(detail)) {
    message = text(detail.message);
    if (Array.isArray(detail.blocked_by_task_ids)) {
      blockedBy = detail.blocked_by_task_ids.filter((id) => typeof id === "string");
    }
  }
  return new ApiError(
    message || FALLBACK[status] || `The server answered with status ${status}.`,
    status,
    requestId,
    fields,
    blockedBy,
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

/** The error for a call that got no answer. */
export function unreachable(): ApiError {
  return new ApiError(FALLBACK[0] as string, 0);
}

/** A sentence for people, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && error.message) return error.message;
  return "Something went wrong.";
}

function toFieldError(item: ValidationItem): FieldError {
  const path = (item.loc ?? []).slice(1).map(String);
  return { field: path.join("."), message: text(item.msg) ?? "is not valid" };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
