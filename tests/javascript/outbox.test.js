/** Histories of desks without a network against a model of the ledger: nothing granted is lost, doubled, or left unsaid. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, closed, isFinal, isOpen, newAct, nextRequest, withGrant, withoutGrant } from '../../suchang/web/static/js/desk/outbox.js';
import { send, tidy } from '../../suchang/web/static/js/desk/sender.js';
import { dice } from './scanner.js';

const HISTORIES = Number(process.env.SUCHANG_HISTORIES ?? 5000);
const PASSING = [0, 401, 403, 408, 425, 429, 500, 502, 503, 504];

/** Keeps acts as IndexedDB does: each change alone, copies in and out, and sometimes no room. */
class Shelf {
  constructor(roll) {
    this.roll = roll;
    this.acts = new Map();
    this.isFull = false;
  }

  async add(act) {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.acts.set(act.id, structuredClone(act));
  }

  async update(id, change) {
    await null;
    if (!this.acts.has(id)) return undefined;
    const act = structuredClone(this.acts.get(id));
    const result = change(act) ?? act;
    if (result !== act && this.isFull && this.roll() < 0.5) throw new Error('QuotaExceededError');
    this.acts.set(id, structuredClone(result));
    return result;
  }

  async remove(id) {
    this.acts.delete(id);
  }

  async all() {
    await null;
    return [...this.acts.values()].map((one) => structuredClone(one));
  }
}

/** The ledger: idempotent by key, one redemption for each verification and item, some of them refused for good. */
class Ledger {
  constructor(roll) {
    this.roll = roll;
    this.answers = new Map();
    this.proofs = new Set();
    this.redeemed = [];
    this.operator = null;
    this.trouble = 0.4;
  }

  async post(path, body, key, operator) {
    await null;
    if (this.operator !== operator) return { status: 401, body: { code: 'other_operator' } };
    const before = this.roll();
    if (before < this.trouble / 2) return { status: PASSING[Math.floor(this.roll() * PASSING.length)], body: null };
    if (!this.answers.has(key)) this.answers.set(key, this.decide(path, body, key));
    // The answer may be lost on its way.
    if (this.roll() < this.trouble / 2) return { status: 0, body: null };
    return structuredClone(this.answers.get(key));
  }

  decide(path, body, key) {
    if (path.endsWith('verifications')) {
      const isReplay = this.proofs.has(body.presentation);
      this.proofs.add(body.presentation);
      const outcome = isReplay || body.presentation.includes('bad') ? 'refused' : 'accepted';
      return { status: 200, body: { id: `ver ${body.presentation}`, outcome, reason: isReplay ? 'replayed' : 'revoked' } };
    }
    if (body.item.includes('spent')) return { status: 409, body: { code: 'quota_exhausted', reason: 'quota_exhausted' } };
    this.redeemed.push(`${body.verification} ${body.item}`);
    return { status: 201, body: { id: key } };
  }
}

class Desk {
  constructor(seed) {
    this.roll = dice(seed);
    this.shelf = new Shelf(this.roll);
    this.ledger = new Ledger(this.roll);
    this.now = 1_700_000_000_000;
    this.granted = [];
    this.count = 0;
  }

  /** Somebody shows a card: the first try may reach the ledger though its answer is lost. */
  async verify(owner) {
    this.count += 1;
    const text = `SC1:${this.count}${this.roll() < 0.1 ? 'bad' : ''}`;
    const act = newAct({ id: `act ${this.count}`, owner, by: owner, text, domain: 'medical', presentedAt: new Date(this.now).toISOString(), who: '张*' });
    if (this.roll() < 0.4) await this.ledger.post('/verifications', { presentation: text }, act.id, this.ledger.operator);
    try {
      await this.shelf.add(act);
      return act.id;
    } catch {
      return null;
    }
  }

  async grant(id) {
    const item = `item ${Math.floor(this.roll() * 4)}${this.roll() < 0.15 ? ' spent' : ''}`;
    try {
      const act = await this.shelf.update(id, (one) => (one.state === 'waiting' ? withGrant(one, { item, beneficiary: 'holder' }, { name: item, at: new Date(this.now).toISOString() }) : null));
      if (act?.state !== 'waiting' || !act.grants.some(({ request, undone }) => request.item === item && !undone)) return;
      const known = this.granted.find((one) => one.id === id && one.item === item);
      if (known) known.undone = false;
      else this.granted.push({ id, item, undone: false });
    } catch {
      // It was not kept, and the desk says so: nothing was granted.
    }
  }

  async undo() {
    const one = this.granted[Math.floor(this.roll() * this.granted.length)];
    if (!one || one.undone) return;
    let isDone = false;
    try {
      await this.shelf.update(one.id, (act) => {
        const changed = withoutGrant(act, act.grants.findLast(({ request }) => request.item === one.item).key);
        isDone = changed !== null;
        return changed;
      });
      one.undone = isDone;
    } catch {
      // Not kept, so not undone.
    }
  }

  tab(owner) {
    const post = (path, body, key) => (this.roll() < 0.05 ? new Promise(() => {}) : this.ledger.post(path, body, key, owner));
    const work = send({ store: this.shelf, owner, post, now: () => this.now }).catch(() => {});
    // A tab may be closed at any moment: its promise is then never finished.
    return Promise.race([work, new Promise((resolve) => setImmediate(() => setImmediate(resolve)))]);
  }
}

async function live(seed) {
  const desk = new Desk(seed);
  const { roll, ledger, shelf } = desk;
  const open = { a: null, b: null };
  for (let step = 0; step < 25; step += 1) {
    desk.now += roll() * 400_000;
    const owner = roll() < 0.7 ? 'a' : 'b';
    ledger.operator = owner;
    shelf.isFull = roll() < 0.1;
    const what = roll();
    if (what < 0.3) open[owner] = await desk.verify(owner);
    else if (what < 0.6 && open[owner]) await desk.grant(open[owner]);
    else if (what < 0.68) await desk.undo();
    else if (what < 0.9) await desk.tab(owner);
    else await Promise.all([desk.tab(owner), desk.tab(owner), desk.tab(owner === 'a' ? 'b' : 'a')]);
  }
  await new Promise(setImmediate);
  shelf.isFull = false;
  ledger.trouble = 0;
  for (let round = 0; round < 4; round += 1) for (const owner of ['a', 'b']) {
    desk.now += 600_000;
    ledger.operator = owner;
    await send({ store: shelf, owner, post: (path, body, key) => ledger.post(path, body, key, owner), now: () => desk.now });
  }
  return desk;
}

test(`nothing is lost, doubled or left unsaid in ${HISTORIES} histories`, async () => {
  let [grants, refusals] = [0, 0];
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const { granted, shelf, ledger } = await live(seed);
    assert.equal(new Set(ledger.redeemed).size, ledger.redeemed.length, `doubled in ${seed}`);
    for (const { id, item, undone } of granted) {
      const act = shelf.acts.get(id);
      const place = act.grants.findLast(({ request }) => request.item === item);
      const isThere = ledger.redeemed.includes(`ver ${act.text} ${item}`);
      const isListed = act.state === 'refused' && (place.state === 'refused' || act.verification === null);
      if (undone) assert.ok(!isThere, `undone and redeemed in ${seed}`);
      else assert.ok(isThere !== isListed, `seed ${seed}: ${JSON.stringify(act)}`);
      grants += 1;
      refusals += Number(isListed);
    }
    for (const act of shelf.acts.values()) assert.notEqual(act.state, 'waiting', `stuck in ${seed}`);
  }
  assert.ok(grants > HISTORIES && refusals > HISTORIES / 10, `${grants} ${refusals}`);
});

test('only an answer that is for good moves an act', () => {
  for (const status of PASSING) assert.equal(isFinal(status), false);
  for (const status of [200, 201, 400, 404, 409, 410, 413, 422]) assert.equal(isFinal(status), true);
  const act = newAct({ id: 'x', owner: 'a', by: 'a', text: 'SC1:', domain: 'medical', presentedAt: '2026-01-01T00:00:00Z', who: '' });
  for (const status of PASSING) {
    const after = answered(act, { grant: null }, { status }, 0);
    assert.deepEqual([after.state, after.tries], ['waiting', 1]);
    assert.equal(nextRequest(after, 1), null);
    assert.equal(nextRequest(after, 10_000).key, 'x');
  }
});

test('a refusal stays open until a person has settled it, and is kept after', async () => {
  const act = newAct({ id: 'x', owner: 'a', by: 'a', text: 'SC1:', domain: 'medical', presentedAt: '2026-01-01T00:00:00Z', who: '' });
  const refused = answered(withGrant(act, { item: 'one', beneficiary: 'holder' }, { name: 'One', at: 'now' }), { grant: null }, { status: 200, body: { outcome: 'refused', reason: 'revoked' } }, 0);
  assert.deepEqual([refused.state, refused.problem.code, isOpen(refused)], ['refused', 'revoked', true]);
  const shelf = new Shelf(dice(1));
  await shelf.add(refused);
  await tidy({ store: shelf, now: () => Date.parse('2026-02-01') });
  assert.equal((await shelf.all()).length, 1);
  assert.equal(isOpen(closed(refused, { how: 'paid', at: 'now' })), false);
});
