// A proxy between client and shop that provokes what happens on networks.

import { once } from "node:events";
import { createServer, type IncomingMessage, request as sendRequest, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request. */
export type Fault =
  /** The proxy answers instead of the shop. */
  | { answer: { status: number; headers?: Record<string, string>; body: unknown } }
  /** The shop handles the request, and the client gets no answer. */
  | "answer lost"
  /** The client gets the first bytes of the shop's answer only. */
  | "answer cut"
  /** The shop does not get the request, and the client gets no answer. */
  | "no answer"
  /** The shop gets the request with a token that it refuses. */
  | "token refused";

/** A request that the proxy received. */
export interface Seen {
  /** Method and path, such as `POST /orders`. */
  route: string;
  /** The query of its address, with its `?`. */
  query: string;
  key: string | undefined;
  mediaType: string | undefined;
  body: string;
}

/** A running proxy. */
export class FaultyProxy implements AsyncDisposable {
  /** All requests so far. */
  readonly seen: Seen[] = [];
  readonly #target: URL;
  readonly #faults: { route: string; fault: Fault }[] = [];
  readonly #server;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  /** Starts a proxy before a shop. */
  static async before(shopUrl: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(new URL(shopUrl.replace(/\/$/, "")));
    await listen(proxy.#server);
    return proxy;
  }

  /** Its address. */
  get url(): string {
    return addressOf(this.#server) + this.#prefix;
  }

  /** The path of the shop's address. */
  get #prefix(): string {
    return this.#target.pathname.replace(/\/$/, "");
  }

  /** The next requests to a route meet these faults, one each. */
  provoke(route: string, ...faults: Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ route, fault })));
  }

  /** The faults that no request has met. */
  get unmet(): number {
    return this.#faults.length;
  }

  /** The requests to a route. */
  to(route: string): Seen[] {
    return this.seen.filter((seen) => seen.route === route);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { pathname, search } = new URL(request.url ?? "", this.#target);
    const route = `${request.method} ${pathname.slice(this.#prefix.length)}`;
    const [key, mediaType] = ["idempotency-key", "content-type"].map((name) => headerOf(request, name));
    this.seen.push({ route, query: search, key, mediaType, body });
    const fault = this.#next(route);
    if (fault === "no answer") {
      return;
    }
    if (typeof fault === "object") {
      const { status, headers = {}, body } = fault.answer;
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
      return;
    }
    // The proxy reads answers as text, so the shop must not compress them.
    const headers = { ...request.headers, host: this.#target.host, "accept-encoding": "identity" };
    if (fault === "token refused") {
      headers.authorization = "Bearer refused";
    }
    this.#forward(request, headers, body, response, fault);
  }

  #next(route: string): Fault | undefined {
    const index = this.#faults.findIndex((fault) => fault.route === route);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }

  #forward(
    request: IncomingMessage,
    headers: IncomingMessage["headers"],
    body: string,
    response: ServerResponse,
    fault: Fault | undefined,
  ): void {
    const { hostname, port } = this.#target;
    const forwarded = sendRequest({ hostname, port, method: request.method, path: request.url, headers });
    forwarded.on("error", () => response.destroy());
    forwarded.on("response", async (answer) => {
      const text = await bodyOf(answer);
      if (fault === "answer lost") {
        response.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, withoutFraming(answer.headers, text));
      if (fault === "answer cut") {
        response.write(text.slice(0, 1), () => response.destroy());
        return;
      }
      response.end(text);
    });
    forwarded.end(body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.#server);
  }
}

/** Starts a server on a free port. */
export async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

/** The address of a server. */
export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops a server and its connections. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

/** The headers of an answer whose body was read. */
function withoutFraming(headers: IncomingMessage["headers"], body: string): IncomingMessage["headers"] {
  const { "transfer-encoding": _encoding, connection: _connection, ...rest } = headers;
  return body === "" ? rest : { ...rest, "content-length": String(Buffer.byteLength(body)) };
}

/** A header of a request. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The whole body. */
export async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
