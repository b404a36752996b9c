// Query parameters and bodies, as the document describes them.

import type { Middleware } from "openapi-fetch";

import { OPERATIONS_WITH_MEDIA_TYPE, PARAMETERS_WITH_COMMAS } from "./operations.ts";

/**
 * Serializes query parameters. Elements of an array are separated by commas where the document says so; otherwise each
 * is a parameter of its own, and so is each member of an object, under its own name.
 */
export function serializeQuery(query: object): string {
  return Object.entries(query).flatMap(([name, value]) => pairsOf(name, value)).join("&");
}

function pairsOf(name: string, value: unknown): string[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (Array.isArray(value)) {
    const isList = PARAMETERS_WITH_COMMAS.has(name) && value.length > 0;
    return isList ? [pairOf(name, ...value)] : value.flatMap((element) => pairsOf(name, element));
  }
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([member, value]) => pairsOf(member, value));
  }
  return [pairOf(name, value)];
}

function pairOf(name: string, ...values: unknown[]): string {
  return `${encodeURIComponent(name)}=${values.map((value) => encodeURIComponent(String(value))).join(",")}`;
}

/** Serializes a body. No JSON body of the document is a string, so a string is sent as it is. */
export function serializeBody(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** Sets the media type of bodies that are not JSON. */
export const setMediaType: Middleware = {
  onRequest({ request, schemaPath }) {
    const mediaType = OPERATIONS_WITH_MEDIA_TYPE.get(`${request.method} ${schemaPath}`);
    if (mediaType !== undefined) {
      request.headers.set("Content-Type", mediaType);
    }
    return request;
  },
};
