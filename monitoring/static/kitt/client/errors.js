/** What can go wrong, as seen by the user. */

export class KittError extends Error {
  get name() {
    return this.constructor.name;
  }
}

/** The server does not want this client, or not like this. `code` is a close code from 4000 to 4099. */
export class Refused extends KittError {
  constructor(code, reason) {
    super(`${code} ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** A message that the server will not store, however often it is sent. `errors` are {path, code, message}. */
export class PublishRefused extends KittError {
  constructor(code, message, errors = []) {
    super([`${code}: ${message}`, ...errors.map((error) => `${error.path} ${error.message}`)].join("; "));
    this.code = code;
    this.errors = errors;
  }
}

/** No answer in time. Publish again with the same `id`: if it was stored, the stored copy is the answer. */
export class PublishTimeout extends KittError {
  constructor(id) {
    super(`no answer in time to the message ${id}`);
    this.id = id;
  }
}

/** The stream was closed. */
export class Closed extends KittError {}
