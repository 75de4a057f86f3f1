/** Calls to the JSON interface from a page: CSRF token, Idempotency-Key, time limit, problems as values. */

let csrf = null;

/**
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status 0 when nothing came back: no network, or too slow
 * @property {any} body
 * @property {string | null} date the `Date` header
 * @property {number} sentAt milliseconds
 */

async function token(fresh = false) {
  if (csrf === null || fresh) {
    const response = await fetch('/csrf', { headers: { Accept: 'application/json' }, cache: 'no-store' });
    csrf = (await response.json()).token;
  }
  return csrf;
}

/**
 * Call the interface. Never throws: a missing network is an answer with status 0.
 *
 * @param {string} path
 * @param {{method?: string, body?: unknown, key?: string, timeout?: number}} [request] `key` is the Idempotency-Key
 * @returns {Promise<Answer>}
 */
export async function call(path, { method = 'GET', body, key, timeout = 8000 } = {}) {
  const sentAt = Date.now();
  try {
    let answer = await send(path, { method, body, key, timeout, sentAt });
    if (answer.status === 403 && answer.body?.code === 'csrf') {
      await token(true);
      answer = await send(path, { method, body, key, timeout, sentAt });
    }
    return answer;
  } catch {
    return { ok: false, status: 0, body: null, date: null, sentAt };
  }
}

async function send(path, { method, body, key, timeout, sentAt }) {
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') headers.set('X-CSRF-Token', await token());
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (key) headers.set('Idempotency-Key', key);
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
    cache: 'no-store',
  });
  const text = await response.text();
  let read = null;
  try {
    read = text ? JSON.parse(text) : null;
  } catch {
    read = null;
  }
  return { ok: response.ok, status: response.status, body: read, date: response.headers.get('Date'), sentAt };
}

/** Make a key for one act, the same for its repetitions. */
export function freshKey() {
  return crypto.randomUUID();
}
