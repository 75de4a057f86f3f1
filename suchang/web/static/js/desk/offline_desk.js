/**
 * The desk without a network: the same ten checks by what was fetched before, and a queue of what has to be told later.
 */

import { OfflineVerifier } from '../../credentials/offline_verifier.js';
import { IndexedDbStore, finished, settled } from '../../credentials/stores.js';
import { call } from '../api.js';
import { wordsOf } from '../words.js';

const RESYNC = 15 * 60_000;

export class OfflineDesk {
  /** @param {any} setting */
  constructor(setting) {
    this.setting = setting;
    this.verifier = null;
    this.queue = null;
    this.syncedAt = 0;
    this.reached = navigator.onLine;
    this.opening = this.#open();
  }

  async #open() {
    try {
      const store = await IndexedDbStore.open('suchang-desk');
      // This desk keeps its own queue, which knows what was granted on each presentation as well.
      this.verifier = await OfflineVerifier.open({ store, lists: this.setting.lists, defer: false });
      const request = indexedDB.open('suchang-desk-queue', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('seen', { keyPath: 'id' });
      this.queue = await settled(request);
    } catch {
      this.verifier = null;
    }
  }

  /** Whether it is known that there is no network. */
  get sureOffline() {
    return !navigator.onLine;
  }

  /** Seconds: the age of the oldest status that is judged by. */
  get age() {
    return this.verifier?.statusAge ?? null;
  }

  /** Learn the server's time from an answer. @param {string | null} date */
  learnTime(date) {
    const seconds = Math.floor(Date.parse(date ?? '') / 1000);
    if (!Number.isNaN(seconds)) this.verifier?.learnTime(seconds);
  }

  /** Fetch keys and status lists when they are due, and send what waits. @returns {Promise<{sent: number, refused: number}>} */
  async sync() {
    await this.opening;
    if (this.verifier === null || this.sureOffline) return { sent: 0, refused: 0 };
    if (Date.now() - this.syncedAt > RESYNC || this.verifier.due.length > 0) await this.#fetchAll();
    return this.setting.offline ? this.#send() : { sent: 0, refused: 0 };
  }

  async #fetchAll() {
    const keys = await call('/.well-known/jwks.json');
    if (!keys.ok) return;
    const fetchedAt = Math.floor(Date.now() / 1000);
    await this.verifier.learnKeys(keys.body, { issuer: this.setting.issuer, fetchedAt });
    this.learnTime(keys.date);
    for (const uri of this.setting.lists) {
      try {
        // The same list from the server of this page: what it is worth is in its signature.
        const response = await fetch(new URL(uri).pathname, { cache: 'no-cache', signal: AbortSignal.timeout(8000) });
        if (response.ok) await this.verifier.learnList(uri, await response.text());
      } catch {
        return;
      }
    }
    this.syncedAt = Date.now();
  }

  /**
   * Verify with what is here; the answer has the form of the interface's.
   *
   * @param {string} text
   * @param {string} domain
   */
  async verify(text, domain) {
    await this.opening;
    const bit = this.setting.domains.find((one) => one.slug === domain)?.bit ?? -1;
    try {
      const verdict = await this.verifier.verify(text, { domain, bit });
      const valid = verdict.card ? new Date(verdict.card.validUntil * 1000).toISOString() : null;
      const card = verdict.card ? { ...verdict.card, valid_until: valid } : null;
      const answer = { ...verdict, card, entitlements: [] };
      if (this.setting.offline) await this.#keep({ id: crypto.randomUUID(), text, domain, presentedAt: new Date().toISOString(), outcome: answer.outcome, redemptions: [] });
      return answer;
    } catch {
      const reasons = wordsOf('reasons');
      return { outcome: 'unknown', reason: reasons.status_unknown ? 'status_unknown' : null, card: null, entitlements: [] };
    }
  }

  async #keep(entry) {
    if (entry.outcome !== 'accepted') return;
    const transaction = this.queue.transaction('seen', 'readwrite', { durability: 'strict' });
    transaction.objectStore('seen').put(entry);
    await finished(transaction);
  }

  async #waiting() {
    return this.queue ? settled(this.queue.transaction('seen').objectStore('seen').getAll()) : [];
  }

  /** How many presentations wait to be sent. */
  async queued() {
    await this.opening;
    return (await this.#waiting()).length;
  }

  /** Note what was granted without a network, beside the presentation on which it was. */
  async queueRedemption({ text }, redemption) {
    const entry = (await this.#waiting()).find((one) => one.text === text);
    if (!entry) return;
    entry.redemptions.push(redemption);
    await this.#keep(entry);
  }

  async #send() {
    let sent = 0;
    let refused = 0;
    for (const entry of await this.#waiting()) {
      const body = { presentation: entry.text, purpose: entry.domain, presented_at: entry.presentedAt };
      const answer = await call('/api/v1/verifications', { method: 'POST', body, key: `seen-${entry.id}` });
      if (answer.status === 0 || answer.status >= 500 || answer.status === 401) return { sent, refused };
      let good = answer.ok && answer.body.outcome === 'accepted';
      for (const [index, redemption] of entry.redemptions.entries()) {
        if (!good) break;
        const request = { verification: answer.body.id, ...redemption };
        const redeemed = await call('/api/v1/redemptions', { method: 'POST', body: request, key: `seen-${entry.id}-${index}` });
        if (redeemed.status === 0 || redeemed.status >= 500) return { sent, refused };
        good = redeemed.ok;
      }
      const transaction = this.queue.transaction('seen', 'readwrite');
      transaction.objectStore('seen').delete(entry.id);
      await finished(transaction);
      if (good) sent += 1;
      else refused += 1;
    }
    return { sent, refused };
  }
}
