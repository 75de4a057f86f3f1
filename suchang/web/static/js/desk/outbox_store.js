/**
 * Where a desk keeps its acts: IndexedDB, every change read and written in one transaction, so that two tabs don't undo each
 * other's. A browser that hangs, or has no room, makes it throw in time; nothing may be granted on what was not kept.
 */

import { settled } from '../../credentials/stores.js';

const PATIENCE = 3000;

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
export function inTime(promise, milliseconds = PATIENCE) {
  let timer = 0;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('storage does not answer')), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export class OutboxStore {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** @param {string} [name] @returns {Promise<OutboxStore>} */
  static async open(name = 'suchang-desk-outbox') {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('acts', { keyPath: 'id' }).createIndex('owner', 'owner');
    const database = await inTime(settled(request));
    database.onversionchange = () => database.close();
    return new OutboxStore(database);
  }

  /** @param {import('./outbox.js').Act} act */
  async add(act) {
    await this.#write((store) => store.add(act));
  }

  /**
   * Change an act as it is at that moment; gives it as it is then, undefined where there is none.
   *
   * @param {string} id
   * @param {(act: import('./outbox.js').Act) => import('./outbox.js').Act | null} change null: leave it
   */
  async update(id, change) {
    let result;
    await this.#write((store) => {
      const request = store.get(id);
      request.onsuccess = () => {
        if (!request.result) return;
        result = change(request.result) ?? request.result;
        if (result !== request.result) store.put(result);
      };
    });
    return result;
  }

  /** @param {string} id */
  async remove(id) {
    await this.#write((store) => store.delete(id));
  }

  /** @returns {Promise<import('./outbox.js').Act[]>} oldest first */
  async all() {
    const acts = await inTime(settled(this.database.transaction('acts').objectStore('acts').getAll()));
    return acts.sort((one, other) => one.presentedAt.localeCompare(other.presentedAt));
  }

  #write(work) {
    const transaction = this.database.transaction('acts', 'readwrite', { durability: 'strict' });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error ?? new Error('not kept'));
    });
    work(transaction.objectStore('acts'));
    return inTime(done);
  }
}
