// Typed errors. A call returns its answer or throws one of these.

import type { Middleware } from "openapi-fetch";

import type { ProblemCode } from "./operations.ts";
import type { components } from "./schema.ts";

/** An invalid field of a request. */
export type InvalidField = components["schemas"]["InvalidField"];

/** All errors of the client. */
export abstract class SoukError extends Error {}

/** The shop refused or failed, and says why (RFC 9457). */
export class SoukProblem extends SoukError {
  override readonly name = "SoukProblem";
  /** The HTTP status. */
  readonly status: number;
  /** What went wrong. A newer shop may have codes that this client does not list. */
  readonly code: ProblemCode | (string & {});
  /** What went wrong, for people. */
  readonly detail: string;
  /** The id of the request in the shop's log. */
  readonly requestId: string;
  /** All invalid fields of the request. */
  readonly errors: readonly InvalidField[];
  /** Further members, which depend on the code. */
  readonly members: Readonly<Record<string, unknown>>;
  /** After how many seconds to try again, if the shop says so: with 429 and with some 409 and 503. */
  readonly retryAfterSeconds: number | undefined;

  constructor(body: components["schemas"]["Problem"], retryAfterSeconds?: number) {
    const { type: _type, title: _title, status, code, detail, request_id, errors = [], ...members } = body;
    super(`${status} ${code}: ${detail} (request ${request_id})`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.requestId = request_id;
    this.errors = errors;
    this.members = members;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The gateway before the shop's functions answered itself, such as 429 above the request rate. With 500 and 503 the
 * function may have done the work.
 */
export class GatewayError extends SoukError {
  override readonly name = "GatewayError";
  /** The HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(`${status}: ${message}`);
    this.status = status;
  }
}

/** There was no answer. The shop may have done what it was asked to do. */
export class NetworkError extends SoukError {
  override readonly name = "NetworkError";
  /** Whether the answer took too long. */
  readonly timedOut: boolean;

  constructor(request: Request, timedOut: boolean, cause: unknown) {
    const what = timedOut ? "no answer in time" : "no answer";
    super(`${request.method} ${request.url}: ${what}`, { cause });
    this.timedOut = timedOut;
  }
}

/** Whether an error is a problem with one of these codes. */
export function isProblem(error: unknown, ...codes: ProblemCode[]): error is SoukProblem {
  return error instanceof SoukProblem && (codes as string[]).includes(error.code);
}

/** Whether a response has problem details. The gateway's own answers have none. */
export function hasProblem(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
}

/** Throws the error of a response that is one. */
export const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (response.ok || response.status === 304) {
      return;
    }
    if (hasProblem(response)) {
      throw new SoukProblem(await response.json(), secondsOf(response.headers.get("Retry-After")));
    }
    throw new GatewayError(response.status, gatewayMessage(await response.text()) ?? response.statusText);
  },
};

/** The shop's `Retry-After` is always in seconds. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^[0-9]+$/.test(header) ? Number(header) : undefined;
}

function gatewayMessage(body: string): string | undefined {
  try {
    return JSON.parse(body).message ?? undefined;
  } catch {
    return undefined; // a proxy between client and gateway may answer anything
  }
}
