/** A message of a stream, as it is stored. `offset` counts within `epoch`, the stream's life. */
export interface Message<Payload = Record<string, unknown>> {
  readonly type: string;
  readonly payload: Payload;
  readonly offset: number;
  readonly sender: string;
  readonly id: string;
  /** RFC 3339, of the sender's clock. */
  readonly timestamp: string;
  readonly correlation_id: string;
  /** The trace that it belongs to (W3C), where its sender said so. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly epoch: string;
}

/**
 * Messages are lost for good to this client: the server could not go on where it stood.
 *
 * It had all up to `missedAfter` and gets all after `resumesAfter`, which is an offset of `epoch`; `head` is the newest
 * message there. Load the state from its source, then go on.
 */
export interface Gap {
  readonly missedAfter: number;
  readonly resumesAfter: number;
  readonly head: number;
  readonly epoch: string;
}

/**
 * What the connection is now. `recovered`: whether all that was missed came; null on a first connection that asked for
 * nothing.
 */
export type State =
  /** There was no connection yet. */
  | { readonly name: "connecting" }
  /** `done` of the `total` messages that the connection begins with have come. */
  | { readonly name: "catching_up"; readonly done: number; readonly total: number; readonly recovered: boolean | null }
  | { readonly name: "live"; readonly recovered: boolean | null }
  /** The connection is open, and the server does not answer; `heardAt`: ms since 1970. */
  | { readonly name: "stale"; readonly heardAt: number }
  /** Lost with a close `code` (1006 where there was none); the next connection is made at `retryAt`, ms since 1970. */
  | {
      readonly name: "reconnecting";
      readonly code: number;
      readonly reason: string;
      readonly attempt: number;
      readonly retryAt: number;
    }
  /** For good: by `close()` (`error` is null), or because the server refused. */
  | { readonly name: "closed"; readonly error: Refused | null };

/** How long to wait before the next connection, in ms; the server's own advice comes first. */
export interface Backoff {
  /** After the first failure up to this, doubling with each further one. Default 500. */
  baseMs: number;
  /** At most this. Default 10,000. */
  capMs: number;
  /** At least this on close codes 4100-4199. Default 1,000. */
  leastMs: number;
  /** Up to this on close codes 4200-4299, unless the server says when. Default 1,000. */
  jitterMs: number;
}

export interface Options {
  /** The server: `wss://kitt.example.com`. Default: the one that the page came from. */
  url?: string | null;
  /** The name of this client, the `sender` of its messages; with a token it is the token's `sub`, and may be absent. */
  clientId?: string | null;
  /** A text, or a function that gives a fresh one for each connection. */
  token?: string | null | (() => string | null | Promise<string | null>);
  /** Start after this offset, that of the last message dealt with; 0 is everything that is stored. */
  since?: number | null;
  /** The epoch that `since` belongs to. */
  epoch?: string | null;
  /** Start with the newest messages, up to 1,000; also what is got where `since` cannot be served. */
  last?: number | null;
  /** Each message once, in the order of the offsets; this client's own too. */
  onMessage?: (message: Message) => void;
  /** Called between the last message before a loss and the first one after it. */
  onGap?: (gap: Gap) => void;
  onState?: (state: State) => void;
  backoff?: Partial<Backoff>;
  /** A heartbeat that has no answer for half of this makes the state stale; for all of it, another connection. 10,000. */
  answerWithinMs?: number;
  /** Where there is no global WebSocket (Node before 22): a class like it. */
  WebSocket?: unknown;
}

export interface PublishOptions {
  /** What makes it safe to send again: a message is stored once with an id. Default: a UUID. */
  id?: string;
  /** Joins a request and its results. Default: the id. */
  correlation_id?: string;
  /** Default: now. */
  timestamp?: string | Date;
  /** The trace that it belongs to (W3C); every subscriber gets it. */
  traceparent?: string;
  tracestate?: string;
  /** Everything counts, a lost connection too. Infinity: wait for ever. Default 30,000. */
  timeoutMs?: number;
}

/** A stream that is followed until `close()`, across lost connections. */
export declare class Stream {
  /** Throws TypeError for options that the server would refuse. */
  constructor(endpoint: string, options?: Options);
  readonly state: State;
  /**
   * Publish a message; resolves with the stored copy when the server has it on disk. After a lost connection it is sent
   * again by itself. Rejects with PublishRefused, PublishTimeout, Refused, Closed; TypeError for what is not JSON.
   */
  publish(type: string, payload: object, options?: PublishOptions): Promise<Message>;
  /** For good. Publishers get Closed. */
  close(): void;
}

/** Follow an endpoint's stream: freight, packing or notifications. Connects at once. */
export declare function connect(endpoint: string, options?: Options): Stream;

/** The base of all errors of this package. */
export declare class KittError extends Error {}

/** The server said not to come back unchanged: `code` is a close code from 4000 to 4099. */
export declare class Refused extends KittError {
  constructor(code: number, reason: string);
  readonly code: number;
  readonly reason: string;
}

/** One offending field of a message: a JSON Pointer, a code, a sentence. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** This message is not acceptable, however often it is sent; the others go on. */
export declare class PublishRefused extends KittError {
  constructor(code: string, message: string, errors?: readonly FieldError[]);
  readonly code: string;
  readonly errors: readonly FieldError[];
}

/** No answer in time; the message may or may not be stored. Publish again with its `id`. */
export declare class PublishTimeout extends KittError {
  constructor(id: string);
  readonly id: string;
}

/** The stream was closed. */
export declare class Closed extends KittError {}
