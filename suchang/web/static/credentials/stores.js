/**
 * What an offline verifier keeps: presentations seen, and a few values (ring, status lists, high-water mark). In a browser
 * IndexedDB, in Node and in tests memory.
 *
 * @typedef {object} Store
 * @property {(key: string) => Promise<unknown>} get undefined when absent
 * @property {(key: string, value: unknown) => Promise<void>} put
 * @property {(presentation: string, at: number) => Promise<boolean>} addSeen true when it was not there; atomic
 * @property {(presentation: string) => Promise<boolean>} hasSeen
 * @property {(before: number) => Promise<void>} forgetSeen drops what was seen before a moment (seconds)
 * @property {(body: DeferredBody) => Promise<void>} defer keeps what the issuer has to be told
 * @property {() => Promise<Deferred[]>} deferred oldest first
 * @property {(id: number) => Promise<void>} settle forgets one, since the issuer has answered
 *
 * @typedef {{presentation: string, purpose: string | null, presented_at: string}} DeferredBody
 * @typedef {{id: number, body: DeferredBody}} Deferred
 */

/** @implements {Store} */
export class MemoryStore {
  constructor() {
    /** @type {Map<string, unknown>} */
    this.values = new Map();
    /** @type {Map<string, number>} */
    this.seen = new Map();
    /** @type {Map<number, DeferredBody>} */
    this.waiting = new Map();
    this.lastId = 0;
  }

  /** @param {string} key */
  async get(key) {
    return structuredClone(this.values.get(key));
  }

  /** @param {string} key @param {unknown} value */
  async put(key, value) {
    this.values.set(key, structuredClone(value));
  }

  /** @param {string} presentation @param {number} at */
  async addSeen(presentation, at) {
    if (this.seen.has(presentation)) return false;
    this.seen.set(presentation, at);
    return true;
  }

  /** @param {string} presentation */
  async hasSeen(presentation) {
    return this.seen.has(presentation);
  }

  /** @param {number} before */
  async forgetSeen(before) {
    for (const [presentation, at] of this.seen) if (at < before) this.seen.delete(presentation);
  }

  /** @param {DeferredBody} body */
  async defer(body) {
    this.lastId += 1;
    this.waiting.set(this.lastId, body);
  }

  async deferred() {
    return [...this.waiting].map(([id, body]) => ({ id, body }));
  }

  /** @param {number} id */
  async settle(id) {
    this.waiting.delete(id);
  }
}

/** @implements {Store} */
export class IndexedDbStore {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** Open, and make it if need be. @param {string} [name] @returns {Promise<IndexedDbStore>} */
  static async open(name = 'suchang-verifier') {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('values');
      request.result.createObjectStore('seen').createIndex('at', '');
      request.result.createObjectStore('deferred', { autoIncrement: true });
    };
    return new IndexedDbStore(await settled(request));
  }

  /** @param {string} key */
  async get(key) {
    return settled(this.database.transaction('values').objectStore('values').get(key));
  }

  /** @param {string} key @param {unknown} value */
  async put(key, value) {
    const transaction = this.database.transaction('values', 'readwrite');
    transaction.objectStore('values').put(value, key);
    await finished(transaction);
  }

  /** @param {string} presentation @param {number} at */
  async addSeen(presentation, at) {
    const transaction = this.database.transaction('seen', 'readwrite', { durability: 'strict' });
    const request = transaction.objectStore('seen').add(at, presentation);
    try {
      await finished(transaction);
      return true;
    } catch (error) {
      if (request.error?.name === 'ConstraintError') return false;
      throw error;
    }
  }

  /** @param {string} presentation */
  async hasSeen(presentation) {
    return (await settled(this.database.transaction('seen').objectStore('seen').count(presentation))) > 0;
  }

  /** @param {number} before */
  async forgetSeen(before) {
    const transaction = this.database.transaction('seen', 'readwrite');
    const cursor = transaction.objectStore('seen').index('at').openCursor(IDBKeyRange.upperBound(before, true));
    cursor.onsuccess = () => {
      cursor.result?.delete();
      cursor.result?.continue();
    };
    await finished(transaction);
  }

  /** @param {DeferredBody} body */
  async defer(body) {
    const transaction = this.database.transaction('deferred', 'readwrite', { durability: 'strict' });
    transaction.objectStore('deferred').add(body);
    await finished(transaction);
  }

  /** @returns {Promise<Deferred[]>} */
  async deferred() {
    const store = this.database.transaction('deferred').objectStore('deferred');
    const [ids, bodies] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    return ids.map((id, place) => ({ id: Number(id), body: bodies[place] }));
  }

  /** @param {number} id */
  async settle(id) {
    const transaction = this.database.transaction('deferred', 'readwrite');
    transaction.objectStore('deferred').delete(id);
    await finished(transaction);
  }

  close() {
    this.database.close();
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
export function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
