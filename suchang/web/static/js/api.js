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

/**
 * Fetch, and give up after a while, also in browsers that know no `AbortSignal.timeout`.
 *
 * @param {string} path @param {RequestInit} options @param {number} milliseconds
 */
export async function fetchInTime(path, options, milliseconds) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), milliseconds);
  try {
    const response = await fetch(path, { ...options, signal: control.signal });
    // The body counts as well: a network may stop in the middle of it.
    const body = await response.arrayBuffer();
    return new Response([204, 205, 304].includes(response.status) ? null : body, { status: response.status, headers: response.headers });
  } finally {
    clearTimeout(timer);
  }
}

async function token(fresh = false) {
  if (csrf === null || fresh) {
    const response = await fetchInTime('/csrf', { headers: { Accept: 'application/json' }, cache: 'no-store' }, 8000);
    csrf = (await response.json()).token;
  }
  return csrf;
}

/**
 * Call the interface. Never throws: a missing network is an answer with status 0.
 *
 * @param {string} path
 * @param {{method?: string, body?: unknown, key?: string, timeout?: number, headers?: Record<string, string>}} [request] `key` is the Idempotency-Key
 * @returns {Promise<Answer>}
 */
export async function call(path, { method = 'GET', body, key, timeout = 8000, headers = {} } = {}) {
  const sentAt = Date.now();
  try {
    let answer = await send(path, { method, body, key, timeout, sentAt, more: headers });
    if (answer.status === 403 && answer.body?.code === 'csrf') {
      await token(true);
      answer = await send(path, { method, body, key, timeout, sentAt, more: headers });
    }
    return answer;
  } catch {
    return { ok: false, status: 0, body: null, date: null, sentAt };
  }
}

async function send(path, { method, body, key, timeout, sentAt, more }) {
  const headers = new Headers({ Accept: 'application/json', ...more });
  if (method !== 'GET') headers.set('X-CSRF-Token', await token());
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (key) headers.set('Idempotency-Key', key);
  const options = { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: /** @type {const} */ ('no-store') };
  const response = await fetchInTime(path, options, timeout);
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
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, '0')).join('');
}
