/**
 * The desk without a network: the same ten checks by what was fetched before, and a queue of what has to be told later.
 */

import { OfflineVerifier } from '../../credentials/offline_verifier.js';
import { IndexedDbStore } from '../../credentials/stores.js';
import { call, fetchInTime } from '../api.js';
import { wordsOf } from '../words.js';
import { closed, isOpen, newAct, withGrant, withoutGrant } from './outbox.js';
import { OutboxStore, inTime } from './outbox_store.js';
import { send, tidy } from './sender.js';

const RESYNC = 15 * 60_000;

export class OfflineDesk {
  /** @param {any} setting */
  constructor(setting) {
    this.setting = setting;
    this.verifier = null;
    /** @type {OutboxStore | null} */
    this.outbox = null;
    this.owner = setting.owner.id;
    this.syncedAt = 0;
    this.reached = navigator.onLine;
    this.opening = this.#open();
  }

  async #open() {
    try {
      const store = await inTime(IndexedDbStore.open('suchang-desk'));
      // This desk keeps its own acts, which know what was granted on each presentation as well.
      this.verifier = await inTime(OfflineVerifier.open({ store, lists: this.setting.lists, defer: false }));
      this.outbox = await OutboxStore.open();
    } catch {
      // A browser that keeps nothing verifies online all the same.
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

  /** Fetch keys and status lists when they are due, and send what waits. */
  async sync() {
    await this.opening;
    const nothing = { settled: 0, refused: 0, stopped: null };
    if (this.sureOffline) return nothing;
    const isDue = this.verifier && (Date.now() - this.syncedAt > RESYNC || this.verifier.due.length > 0);
    if (isDue) await this.#fetchAll();
    if (!this.outbox) return nothing;
    const parts = { store: this.outbox, owner: this.owner, now: () => Date.now(), post: (path, body, key) => this.#post(path, body, key) };
    try {
      await tidy(parts);
      // One tab at a time; where a browser knows no locks, the keys keep two tabs from doing anything twice.
      const { locks } = navigator;
      return locks ? await locks.request('suchang-desk-outbox', { ifAvailable: true }, (lock) => (lock ? send(parts) : nothing)) : await send(parts);
    } catch {
      return nothing;
    }
  }

  #post(path, body, key) {
    return call(path, { method: 'POST', body, key, headers: { 'X-Desk-Operator': this.setting.owner.operator } });
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
        const response = await fetchInTime(new URL(uri).pathname, { cache: 'no-cache' }, 8000);
        if (response.ok) await this.verifier.learnList(uri, await response.text());
      } catch {
        return;
      }
    }
    this.syncedAt = Date.now();
  }

  /**
   * Verify with what is here; the answer has the form of the interface's, and says whether it was kept (`isKept`).
   *
   * @param {string} text
   * @param {string} domain
   * @param {{key: string, presentedAt: string}} act under which key the ledger was asked, and when
   */
  async verify(text, domain, { key, presentedAt }) {
    await this.opening;
    const bit = this.setting.domains.find((one) => one.slug === domain)?.bit ?? -1;
    try {
      const verdict = await this.verifier.verify(text, { domain, bit });
      // The day on which the card ends is not in the code; the code's own end is another day.
      const card = verdict.card ? { ...verdict.card, valid_until: null } : null;
      const answer = { ...verdict, card, entitlements: [], isKept: false };
      if (this.setting.offline && answer.outcome === 'accepted') answer.isKept = await this.#keep({ id: key, text, domain, presentedAt, who: whoOf(card) });
      return answer;
    } catch {
      const reasons = wordsOf('reasons');
      return { outcome: 'unknown', reason: reasons.status_unknown ? 'status_unknown' : null, card: null, entitlements: [] };
    }
  }

  /** @returns {Promise<boolean>} whether there was room */
  async #keep(what) {
    try {
      await this.outbox.add(newAct({ owner: this.owner, by: this.setting.owner.name, ...what }));
      return true;
    } catch {
      return false;
    }
  }

  /** The acts that somebody has to know of: this owner's, and those of others who used this tablet. */
  async open() {
    await this.opening;
    const acts = this.outbox ? await this.outbox.all().catch(() => []) : [];
    const left = acts.filter(isOpen);
    return { own: left.filter((act) => act.owner === this.owner), others: left.filter((act) => act.owner !== this.owner) };
  }

  /** Grant on an act; gives the grant, or null where it could not be kept. */
  async grant(id, request, name) {
    try {
      const act = await this.outbox.update(id, (one) => withGrant(one, request, { name, at: new Date().toISOString() }));
      return act?.grants.findLast((one) => one.request.item === request.item && one.request.beneficiary === request.beneficiary) ?? null;
    } catch {
      return null;
    }
  }

  /** Keep an online request whose answer never came: it is sent again under its key until there is one. */
  async keepLate({ verification, domain, who }, request, { key, name }) {
    const at = new Date().toISOString();
    const act = newAct({ id: `late-${key}`, owner: this.owner, by: this.setting.owner.name, text: '', domain, presentedAt: at, who, verification, isLate: true });
    try {
      await this.outbox.add(withGrant(act, request, { name, at, key }));
      return true;
    } catch (problem) {
      return problem?.name === 'ConstraintError';
    }
  }

  /** Give an act as it is now. */
  async act(id) {
    return this.outbox?.update(id, () => null);
  }

  /** Take back what was granted and not sent yet. @returns {Promise<boolean>} */
  async takeBack(id, key) {
    let isDone = false;
    await this.outbox.update(id, (act) => {
      const changed = withoutGrant(act, key);
      isDone = changed !== null;
      return changed;
    }).catch(() => {
      isDone = false;
    });
    return isDone;
  }

  /** A person has settled what the ledger refused. */
  async close(id, how) {
    await this.outbox.update(id, (act) => closed(act, { how, at: new Date().toISOString() }));
  }
}

function whoOf(card) {
  return [card?.name, card?.tier].filter(Boolean).join(' · ');
}
